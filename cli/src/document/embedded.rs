use super::{Position, Scalar, Style};

/// Where the text of a scalar stands in the file that the scalar is in.
#[derive(Clone, Debug)]
pub enum Embedding {
    /// The text is the file.
    File,
    /// A text that can't be followed line by line: everything in it stands where it begins.
    Whole(Position),
    /// Line by line: the first at this position, the others indented by so many characters.
    Lines {
        /// Where the first character stands.
        first: Position,
        /// How far the other lines are indented.
        indent: usize,
    },
}

impl Embedding {
    /// How the text of `scalar` stands in `source`, a text that itself stands as `outer` says.
    pub fn of(scalar: &Scalar, source: &str, outer: &Self) -> Self {
        // The scalar's own position was mapped already; lines can be followed where that is the file's.
        let mut lines = source.lines().skip(scalar.at.line.saturating_sub(1));
        match (scalar.style, outer) {
            (Style::Literal, Self::File | Self::Lines { .. }) => {
                // The parser's place is where the block begins or, in other blocks, where its first line does.
                let here = source
                    .lines()
                    .nth(scalar.at.line.saturating_sub(1))
                    .unwrap_or_default();
                let is_header = here.chars().nth(scalar.at.column.saturating_sub(1)) == Some('|');
                let body = lines.enumerate().skip(usize::from(is_header));
                let body = { body }.find(|(_, line)| !line.trim().is_empty());
                match body {
                    Some((offset, line)) => {
                        let indent = line.chars().take_while(|character| *character == ' ').count();
                        Self::Lines {
                            // Empty lines at the beginning belong to the text.
                            first: Position {
                                line: scalar.at.line + offset - leading_blanks(&scalar.text),
                                column: indent + 1,
                            },
                            indent,
                        }
                    }
                    None => Self::Whole(scalar.at),
                }
            }
            (Style::Quoted, Self::File | Self::Lines { .. }) if !scalar.text.contains('\n') => {
                let written = lines.next().unwrap_or_default();
                let quoted: String = written.chars().skip(scalar.at.column).collect();
                if quoted.starts_with(&scalar.text) {
                    Self::Lines {
                        first: Position {
                            line: scalar.at.line,
                            column: scalar.at.column + 1,
                        },
                        indent: 0,
                    }
                } else {
                    Self::Whole(scalar.at)
                }
            }
            _ => Self::Whole(scalar.at),
        }
    }

    /// Where the place `inner` of the text stands in the file.
    pub fn position(&self, inner: Position) -> Position {
        match self {
            Self::File => inner,
            Self::Whole(at) => *at,
            Self::Lines { first, .. } if inner.line <= 1 => Position {
                line: first.line,
                column: first.column + inner.column.saturating_sub(1),
            },
            Self::Lines { first, indent } => Position {
                line: first.line + inner.line - 1,
                column: indent + inner.column,
            },
        }
    }
}

fn leading_blanks(text: &str) -> usize {
    text.lines().take_while(|line| line.trim().is_empty()).count()
}
