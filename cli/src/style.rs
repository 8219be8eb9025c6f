//! Colours, which the stream leaves out where it is no terminal.

use anstyle::{AnsiColor, Style};

/// What is wrong, refused, different.
pub const ERROR: Style = AnsiColor::Red.on_default().bold();
/// What may be wrong.
pub const WARNING: Style = AnsiColor::Yellow.on_default().bold();
/// What is as it should be.
pub const GOOD: Style = AnsiColor::Green.on_default().bold();
/// Places and lines around the matter.
pub const PLACE: Style = AnsiColor::Blue.on_default().bold();
/// What to do.
pub const HELP: Style = AnsiColor::Cyan.on_default();
/// What matters.
pub const STRONG: Style = Style::new().bold();
/// What matters less.
pub const FAINT: Style = Style::new().dimmed();

/// `text` in a style.
pub fn styled(style: Style, text: impl std::fmt::Display) -> String {
    format!("{style}{text}{style:#}")
}
