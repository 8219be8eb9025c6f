//! Lines on a terminal or in a file.

use std::io::{IsTerminal as _, Write as _};

/// Standard output, with colours where a person sees them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Screen {
    colours: bool,
}

/// What a piece of text is, which decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Heading,
    Faint,
    Good,
    Bad,
    Note,
}

impl Screen {
    pub(super) fn stdout() -> Self {
        // https://no-color.org: set to anything but nothing.
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self {
            colours: wanted && std::io::stdout().is_terminal(),
        }
    }

    pub(super) fn line(self, text: &str) {
        // Whoever reads may stop reading (`| head`): no reason to fail.
        let _ = writeln!(std::io::stdout(), "{}", text.trim_end());
    }

    /// The text in the colour of its tone; pad it before, colours have a width of their own.
    pub(super) fn tone(self, tone: Tone, text: &str) -> String {
        let code = match tone {
            Tone::Heading => "1;36",
            Tone::Faint => "2",
            Tone::Good => "32",
            Tone::Bad => "1;31",
            Tone::Note => "33",
        };
        if self.colours && !text.is_empty() {
            format!("\x1b[{code}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    /// Rows under headings, columns as wide as their widest cell. The tone of a row is that of its last cell.
    pub(super) fn table(self, headings: &[&str], rows: &[(Vec<String>, Tone)]) {
        let width = |column: usize| {
            let cells = rows
                .iter()
                .filter_map(|(cells, _)| cells.get(column))
                .map(|cell| cell.chars().count());
            cells
                .chain(headings.get(column).map(|heading| heading.len()))
                .max()
                .unwrap_or_default()
        };
        let pad = |column: usize, text: &str| format!("{text:<width$}", width = width(column));
        let heading: Vec<_> = headings
            .iter()
            .enumerate()
            .map(|(column, text)| pad(column, text))
            .collect();
        self.line(&format!("  {}", self.tone(Tone::Faint, &heading.join("  "))));
        for (cells, tone) in rows {
            let padded = cells.iter().enumerate().map(|(column, text)| {
                let cell = pad(column, text);
                if column + 1 == cells.len() {
                    self.tone(*tone, cell.trim_end())
                } else {
                    cell
                }
            });
            self.line(&format!("  {}", padded.collect::<Vec<_>>().join("  ")));
        }
    }
}
