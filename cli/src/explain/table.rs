use super::{Explanation, Policy, Redaction};
use crate::style::{ERROR, FAINT, GOOD, PLACE, STRONG, WARNING, styled};
use http_filter::Headers;
use http_filter_replay::{Ruling, Visit};
use std::io::{self, Write};

pub(super) fn write(
    out: &mut dyn Write,
    policy: &Policy,
    explanation: &Explanation,
    redaction: Redaction,
) -> io::Result<()> {
    let journey = &explanation.journey;
    let request = &explanation.request;
    writeln!(
        out,
        "{} {} {} {}",
        styled(PLACE, "client sends"),
        request.method,
        request.authority,
        redaction.target(&request.path)
    )?;
    for (name, value) in explanation
        .request
        .to_headers()
        .iter()
        .filter(|(name, _)| !name.starts_with(':'))
    {
        writeln!(out, "    {name}: {}", redaction.value(name, value))?;
    }
    if let Some(body) = &request.body {
        writeln!(out, "    with a body of {}", bytes(body.0.len()))?;
    }
    for (cluster, filter) in &explanation.not_given {
        writeln!(
            out,
            "\n{} {filter} asks the cluster {cluster}, which wasn't given: nothing answers there. \
             --cluster '{cluster}=FILE' says what it answers",
            styled(WARNING, "note:")
        )?;
    }
    for visit in &journey.request {
        others(out, policy, visit.place)?;
        filter(out, visit, redaction)?;
    }
    let replied = journey
        .request
        .iter()
        .any(|visit| matches!(visit.ruling, Ruling::Reply { .. }));
    if !replied {
        others(out, policy, policy.filters.len())?;
        let status = explanation.response.status;
        let rerouted = if journey.observed.reroute == Some(true) {
            ", by a route chosen anew"
        } else {
            ""
        };
        writeln!(
            out,
            "\n{} the request{rerouted}, {} {status}",
            styled(PLACE, "upstream gets"),
            styled(PLACE, "and answers")
        )?;
        for (name, value) in explanation
            .response
            .to_headers()
            .iter()
            .filter(|(name, _)| !name.starts_with(':'))
        {
            writeln!(out, "    {name}: {}", redaction.value(name, value))?;
        }
        let length = explanation.response.body.iter().map(|chunk| chunk.0.len()).sum();
        if length > 0 {
            writeln!(out, "    with a body of {}", bytes(length))?;
        }
    }
    for visit in &journey.response {
        filter(out, visit, redaction)?;
    }
    let client = &journey.observed.client;
    let status = client.status().unwrap_or_default();
    let colour = if status < 400 { GOOD } else { ERROR };
    writeln!(
        out,
        "\n{} {}",
        styled(PLACE, "client gets"),
        styled(colour, status)
    )?;
    for (name, value) in client.iter().filter(|(name, _)| !name.starts_with(':')) {
        writeln!(out, "    {name}: {}", redaction.value(name, value))?;
    }
    let body = &journey.observed.body;
    if !body.is_empty() {
        let text = String::from_utf8_lossy(body);
        let shown = if text.chars().count() <= 400 && !text.contains('\u{fffd}') {
            text.into_owned()
        } else {
            format!("({})", bytes(body.len()))
        };
        writeln!(out, "\n    {}", shown.trim_end().replace('\n', "\n    "))?;
    }
    Ok(())
}

fn bytes(length: usize) -> String {
    match length {
        1 => "1 byte".to_owned(),
        many => format!("{many} bytes"),
    }
}

/// What isn't simulated before the filter at `place`.
fn others(out: &mut dyn Write, policy: &Policy, place: usize) -> io::Result<()> {
    for (_, kind) in policy.others.iter().filter(|(before, _)| *before == place) {
        writeln!(
            out,
            "\n{}",
            styled(FAINT, format_args!("- {kind} (not simulated)"))
        )?;
    }
    Ok(())
}

fn filter(out: &mut dyn Write, visit: &Visit, redaction: Redaction) -> io::Result<()> {
    let ruling = match &visit.ruling {
        Ruling::Continue { reroute: false } => styled(GOOD, "sends it on"),
        Ruling::Continue { reroute: true } => styled(GOOD, "sends it on, by a route chosen anew"),
        Ruling::Reply { status, details } => styled(ERROR, format_args!("answers {status} {details}")),
        Ruling::Respond { body_changed: false } => styled(GOOD, "lets the response go"),
        Ruling::Respond { body_changed: true } => styled(GOOD, "lets the response go, with another body"),
    };
    writeln!(
        out,
        "\n{} {} {ruling}",
        visit.place + 1,
        styled(STRONG, visit.filter)
    )?;
    let width = visit
        .reasons
        .iter()
        .map(|reason| reason.topic.len())
        .max()
        .unwrap_or_default();
    for reason in &visit.reasons {
        writeln!(out, "    {:width$}  {}", reason.topic, reason.text)?;
    }
    if !visit.calls.is_empty() {
        writeln!(out, "    asked {}", visit.calls.join(", "))?;
    }
    if !matches!(visit.ruling, Ruling::Reply { .. }) {
        differences(out, &visit.before, &visit.after, redaction)?;
    }
    for (name, value) in &visit.properties {
        writeln!(
            out,
            "    {} {name} = {}",
            styled(GOOD, "publishes"),
            String::from_utf8_lossy(value)
        )?;
    }
    let counters: Vec<_> = visit
        .counters
        .iter()
        .map(|(name, by)| match by {
            1 => name.clone(),
            by => format!("{name} by {by}"),
        })
        .collect();
    if !counters.is_empty() {
        writeln!(
            out,
            "    {}",
            styled(FAINT, format_args!("counts {}", counters.join(", ")))
        )?;
    }
    Ok(())
}

/// The header lines that went and came, by name.
fn differences(
    out: &mut dyn Write,
    before: &Headers,
    after: &Headers,
    redaction: Redaction,
) -> io::Result<()> {
    let mut names: Vec<&str> = before.iter().chain(after.iter()).map(|(name, _)| name).collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        if before.all(name).eq(after.all(name)) {
            continue;
        }
        for line in before.all(name) {
            writeln!(
                out,
                "    {} {name}: {}",
                styled(WARNING, "-"),
                redaction.value(name, line)
            )?;
        }
        for line in after.all(name) {
            writeln!(
                out,
                "    {} {name}: {}",
                styled(GOOD, "+"),
                redaction.value(name, line)
            )?;
        }
    }
    Ok(())
}
