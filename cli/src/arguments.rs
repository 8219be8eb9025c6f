use crate::command;
use clap::{Parser, Subcommand};

/// Policies you can test before they ship: checks, explains and tests what the edge filters for Envoy will do, without a
/// proxy and with the same code.
#[derive(Debug, Parser)]
#[command(name = "edge-filters", version, max_term_width = 100, after_help = AFTER)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// When to write in colour.
    #[arg(long, value_enum, global = true, default_value = "auto", value_name = "WHEN")]
    pub color: Color,
}

/// When to write in colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Color {
    /// When it goes to a terminal, and NO_COLOR isn't set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find configurations in files and say what is wrong with them.
    Check(command::check::Check),
    /// Say what each filter makes of a request, and why.
    Explain(Box<command::explain::Explain>),
    /// Replay cases: requests, and what should become of them.
    Test(command::test::Test),
    /// Write a recipe: a whole configuration for a goal, with its cases.
    Init(command::init::Init),
    /// Write the JSON Schema of a filter's configuration, or of cases.
    Schema(command::schema::Schema),
    /// Look at tokens, and make some for tests.
    #[command(subcommand)]
    Jwt(command::jwt::Jwt),
    /// Build country databases, and look addresses up in them.
    #[command(subcommand)]
    Geo(command::geo::Geo),
    /// Say what an Accept-Encoding accepts, and which coding it would get.
    AcceptEncoding(command::fields::Accept),
    /// Say what a Cache-Control means to caches.
    CacheControl(command::fields::Cache),
    /// Write completions for a shell.
    Completions(command::shell::Completions),
    /// Write the manual page.
    Man(command::shell::Man),
}

const AFTER: &str = "\
Exit codes: 0 all is well; 1 something is wrong with what was looked at (errors of `check`, a case of `test` that differs, \
a token that is refused); 2 the command can't do what was asked (arguments, files).";

#[cfg(test)]
mod tests {
    use super::Arguments;
    use clap::CommandFactory;

    #[test]
    fn arguments_are_consistent() {
        Arguments::command().debug_assert();
    }
}
