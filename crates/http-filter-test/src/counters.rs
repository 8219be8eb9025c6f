use std::collections::BTreeSet;

/// Holds the counters of a filter against the first column of the table in its README's section "Counters", both ways.
/// `shared` are those of the table that other crates count. Names with a part of the configuration in them
/// (`rule_<name>`) are not compared.
///
/// # Panics
/// When a counter is in one place only.
pub fn assert_counters<'a>(
    readme: &str,
    counters: &[&'static str],
    shared: impl IntoIterator<Item = &'a str>,
) {
    let listed = listed(readme);
    let counted: BTreeSet<&str> = counters.iter().copied().collect();
    let known: BTreeSet<&str> = counted.iter().copied().chain(shared).collect();
    let unlisted: Vec<_> = counted.difference(&listed).collect();
    assert!(unlisted.is_empty(), "not in the README's table: {unlisted:?}");
    let unknown: Vec<_> = listed.difference(&known).collect();
    assert!(
        unknown.is_empty(),
        "in the README's table, but counted nowhere: {unknown:?}"
    );
}

fn listed(readme: &str) -> BTreeSet<&str> {
    let (_, section) = readme
        .split_once("\n## Counters\n")
        .expect("a section \"Counters\"");
    let section = section.split("\n## ").next().unwrap_or_default();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| "));
    let cells = rows.filter_map(|row| row.split(" |").next());
    cells
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .filter(|name| !name.contains('<'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const README: &str = "# A\n\n## Counters\n\n| counter | counts |\n|---|---|\n| `a`, `b` | `no` counter |\n| `c_<name>` | x |\n\n## B\n\n| `z` | y |\n";

    #[test]
    fn tables_are_read() {
        assert_eq!(listed(README), BTreeSet::from(["a", "b"]));
        assert_counters(README, &["a"], ["b"]);
    }

    #[test]
    #[should_panic(expected = "not in the README's table: [\"d\"]")]
    fn one_that_is_not_listed() {
        assert_counters(README, &["a", "b", "d"], []);
    }

    #[test]
    #[should_panic(expected = "counted nowhere: [\"b\"]")]
    fn one_that_is_not_counted() {
        assert_counters(README, &["a"], []);
    }
}
