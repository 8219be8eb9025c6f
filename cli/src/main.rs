//! `edge-filters`: checks, explains and tests policies of the edge filters.
#![allow(clippy::print_stderr, reason = "a command's words")]

use anstream::{AutoStream, ColorChoice};
use clap::Parser;
use edge_filters::{
    Arguments, Color, command,
    style::{ERROR, styled},
};
use std::{
    io::{self, BufWriter, Write},
    process::ExitCode,
};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let choice = match arguments.color {
        Color::Auto => AutoStream::choice(&io::stdout()),
        Color::Always => ColorChoice::Always,
        Color::Never => ColorChoice::Never,
    };
    let mut out = BufWriter::new(AutoStream::new(io::stdout().lock(), choice));
    let result = command::run(&arguments, &mut out);
    let flushed = out.flush();
    match result.and_then(|outcome| flushed.map(|()| outcome).map_err(Into::into)) {
        Ok(outcome) => outcome.into(),
        Err(error) if error.is_broken_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            anstream::eprintln!("{}: {error}", styled(ERROR, "edge-filters"));
            ExitCode::from(2)
        }
    }
}
