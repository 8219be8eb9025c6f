//! Rows, and the document they stand in.

use std::fmt::Write;

/// One promise, put to the test.
#[derive(Clone, Debug)]
pub struct Row {
    /// What is promised.
    pub promise: &'static str,
    /// What was done.
    pub test: String,
    /// What was seen.
    pub figure: String,
    /// Whether the promise held.
    pub holds: bool,
}

/// The rows as a table in Markdown.
pub fn table(rows: &[Row]) -> String {
    let mut table = "| promise | test | figure | verdict |\n|---|---|---|---|\n".to_owned();
    for row in rows {
        let verdict = if row.holds { "holds" } else { "**broken**" };
        let Row {
            promise,
            test,
            figure,
            ..
        } = row;
        let _ = writeln!(table, "| {promise} | {test} | {figure} | {verdict} |");
    }
    table
}

/// The document with another text in the section of this name, which stands between two comments: `<!-- name -->` and
/// `<!-- end of name -->`.
///
/// # Panics
/// When there is no such section.
pub fn section(document: &str, name: &str, text: &str) -> String {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- end of {name} -->"));
    let (before, rest) = document
        .split_once(&begin)
        .unwrap_or_else(|| panic!("there is no {begin}"));
    let (_, after) = rest
        .split_once(&end)
        .unwrap_or_else(|| panic!("there is no {end}"));
    [before, &begin, text, &end, after].concat()
}
