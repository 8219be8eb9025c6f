use super::Outcome;
use std::io::{self, Write};

pub(super) fn write(out: &mut dyn Write, outcomes: &[Outcome]) -> io::Result<()> {
    writeln!(out, "TAP version 14\n1..{}", outcomes.len())?;
    for (index, outcome) in outcomes.iter().enumerate() {
        let not = if outcome.is_good() { "" } else { "not " };
        let name = outcome.name.replace('\\', "\\\\").replace('#', "\\#");
        writeln!(out, "{not}ok {} - {name}", index + 1)?;
        if outcome.is_good() {
            continue;
        }
        writeln!(
            out,
            "  ---\n  at: {:?}\n  differences:",
            format!("{}:{}", outcome.file, outcome.line)
        )?;
        for difference in &outcome.differences {
            let mismatch = &difference.mismatch;
            let exchange = difference.exchange.map_or(0, |(exchange, _)| exchange);
            writeln!(out, "  - exchange: {exchange}")?;
            // A JSON string is a YAML string.
            for (name, value) in [
                ("what", &mismatch.what),
                ("expected", &mismatch.expected),
                ("observed", &mismatch.observed),
            ] {
                writeln!(out, "    {name}: {}", serde_json::Value::from(value.as_str()))?;
            }
        }
        writeln!(out, "  ...")?;
    }
    Ok(())
}
