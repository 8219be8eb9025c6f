//! Pages that show files, commands and what these print, for tests that do what the page says.

/// A block of such a page.
pub enum Block {
    /// A file and what stands in it.
    File(String, String),
    /// Commands, each with the lines that it prints.
    Console(Vec<(String, Vec<String>)>),
}

/// The files and commands of a page, in order: blocks whose fence names a file behind the language, and `console` blocks.
///
/// # Panics
/// When something is printed that no command printed.
pub fn blocks(page: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            continue;
        };
        let body: Vec<String> = lines
            .by_ref()
            .take_while(|line| *line != "```")
            .map(str::to_owned)
            .collect();
        if info == "console" {
            let mut commands: Vec<(String, Vec<String>)> = Vec::new();
            for line in body {
                match (line.strip_prefix("$ "), commands.last_mut()) {
                    (Some(command), _) => commands.push((command.to_owned(), Vec::new())),
                    (None, Some((_, printed))) => printed.push(line),
                    (None, None) => panic!("{line}: printed by nothing"),
                }
            }
            found.push(Block::Console(commands));
        } else if let Some((_, file)) = info.split_once(' ') {
            found.push(Block::File(file.to_owned(), body.join("\n") + "\n"));
        }
    }
    found
}

/// Whether `printed` is what `shown` says, in which `…` stands for anything, and alone on a line for any lines.
pub fn is_as_shown(shown: &[String], printed: &[&str]) -> bool {
    match (shown.split_first(), printed.split_first()) {
        (None, None) => true,
        (Some((line, rest)), _) if line == "…" => {
            is_as_shown(rest, printed)
                || printed
                    .split_first()
                    .is_some_and(|(_, after)| is_as_shown(shown, after))
        }
        (Some((line, rest)), Some((first, after))) => is_like(line, first) && is_as_shown(rest, after),
        _ => false,
    }
}

fn is_like(shown: &str, printed: &str) -> bool {
    match shown.split_once('…') {
        None => shown == printed,
        Some((head, tail)) => printed.strip_prefix(head).is_some_and(|rest| {
            let starts = rest.char_indices().map(|(index, _)| index).chain([rest.len()]);
            starts
                .into_iter()
                .any(|start| is_like(tail, rest.get(start..).unwrap_or_default()))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_is_noticed() {
        let shown = ["a", "…", "b …"].map(str::to_owned);
        assert!(is_as_shown(&shown, &["a", "x", "y", "b 1"]));
        assert!(is_as_shown(&shown, &["a", "b 1"]));
        assert!(!is_as_shown(&shown, &["a", "x"]));
        assert!(!is_as_shown(&shown, &["x", "b 1"]));
    }

    #[test]
    fn files_and_commands_are_found() {
        let found =
            blocks("# A\n```yaml a.yaml\nx: 1\n```\n```yaml\ny: 2\n```\n```console\n$ a b\nout\n$ c\n```\n");
        let [Block::File(name, text), Block::Console(commands)] = found.as_slice() else {
            panic!("{} blocks", found.len());
        };
        assert_eq!((name.as_str(), text.as_str()), ("a.yaml", "x: 1\n"));
        let expected = [("a b", vec!["out"]), ("c", vec![])].map(|(command, lines)| {
            (
                command.to_owned(),
                lines.into_iter().map(str::to_owned).collect::<Vec<_>>(),
            )
        });
        assert_eq!(*commands, expected);
    }
}
