//! `init`.

use super::{Error, Outcome};
use crate::{
    recipes::{ALL, Recipe},
    style::{STRONG, styled},
};
use clap::builder::PossibleValuesParser;
use std::{
    fs::OpenOptions,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

/// Write a recipe: a whole envoy.yaml for a goal, and the cases that show that it's met.
///
/// Without a name, list the recipes. Each file begins with what it's for and what to change.
#[derive(Debug, clap::Args)]
#[command(after_help = "Files that are there are left as they are: move them away, or say another folder.")]
pub struct Init {
    /// The recipe.
    #[arg(value_name = "RECIPE", value_parser = PossibleValuesParser::new(ALL.iter().map(|recipe| recipe.name)), hide_possible_values = true)]
    pub recipe: Option<String>,
    /// Where to write it.
    #[arg(long, value_name = "FOLDER", default_value = ".", value_hint = clap::ValueHint::DirPath)]
    pub into: PathBuf,
}

impl Init {
    pub(super) fn run(&self, out: &mut dyn Write) -> Result<Outcome, Error> {
        let Some(recipe) = self.recipe.as_deref().and_then(Recipe::of_name) else {
            let widest = ALL
                .iter()
                .map(|recipe| recipe.name.len())
                .max()
                .unwrap_or_default();
            for recipe in ALL {
                let gap = widest - recipe.name.len();
                writeln!(
                    out,
                    "{}{:gap$}  {}",
                    styled(STRONG, recipe.name),
                    "",
                    recipe.goal()
                )?;
            }
            writeln!(out, "\nedge-filters init RECIPE writes one.")?;
            return Ok(Outcome::Good);
        };
        let files = recipe.files().map(|(name, text)| (self.into.join(name), text));
        // Both or none.
        if let Some((path, _)) = files.iter().find(|(path, _)| path.exists()) {
            return Err(is_there(path));
        }
        for (path, text) in &files {
            let mut file = OpenOptions::new()
                .write(true)
                .create_new(true)
                .open(path)
                .map_err(|error| match error.kind() {
                    ErrorKind::AlreadyExists => is_there(path),
                    _ => failed(path, error),
                })?;
            file.write_all(text.as_bytes())
                .map_err(|error| failed(path, error))?;
            writeln!(out, "wrote {}", path.display())?;
        }
        let [policy, cases] = files.map(|(path, _)| path.display().to_string());
        writeln!(
            out,
            "\nIts first lines say what to change. Then:\n  edge-filters check --strict {policy}\n  edge-filters test {cases}"
        )?;
        Ok(Outcome::Good)
    }
}

fn is_there(path: &Path) -> Error {
    Error::Content(format!(
        "{}: is there already and left as it is: move it away, or say another folder with --into",
        path.display()
    ))
}

fn failed(path: &Path, error: std::io::Error) -> Error {
    Error::File {
        path: path.display().to_string(),
        error,
    }
}
