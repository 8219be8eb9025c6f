use super::Outcome;
use crate::style::{ERROR, GOOD, PLACE, STRONG, styled};
use std::io::{self, Write};

pub(super) fn write(out: &mut dyn Write, outcomes: &[Outcome]) -> io::Result<()> {
    for outcome in outcomes {
        if outcome.is_good() {
            writeln!(out, "{}  {}", styled(GOOD, "ok  "), outcome.name)?;
            continue;
        }
        writeln!(
            out,
            "{}  {}",
            styled(ERROR, "FAIL"),
            styled(STRONG, &outcome.name)
        )?;
        writeln!(
            out,
            "      {} {}:{}",
            styled(PLACE, "-->"),
            outcome.file,
            outcome.line
        )?;
        let mut place = None;
        for difference in &outcome.differences {
            if let Some((exchange, time)) = difference.exchange.filter(|_| place != difference.exchange) {
                let time = if time > 1 {
                    format!(", time {time}")
                } else {
                    String::new()
                };
                writeln!(out, "      exchange {exchange}{time}")?;
            }
            place = difference.exchange;
            let mismatch = &difference.mismatch;
            writeln!(out, "        {}", mismatch.what)?;
            writeln!(out, "        {} {}", styled(ERROR, "-"), mismatch.expected)?;
            writeln!(out, "        {} {}", styled(GOOD, "+"), mismatch.observed)?;
        }
    }
    let failed = outcomes.iter().filter(|outcome| !outcome.is_good()).count();
    let (word, colour) = if failed == 0 {
        ("ok", GOOD)
    } else {
        ("FAILED", ERROR)
    };
    writeln!(
        out,
        "\n{}: {} of {} cases as expected (- expected, + observed)",
        styled(colour, word),
        outcomes.len() - failed,
        outcomes.len()
    )
}
