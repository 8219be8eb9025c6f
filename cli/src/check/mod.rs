//! Finds what is wrong with configurations, and what is legal and still wrong.

mod clusters;
mod configuration;
mod covering;
mod failing_open;
mod finding;
mod identity;
mod order;
mod shared_data;
mod unreachable;

pub use finding::{Finding, Rule, Severity};

use crate::{
    FilterKind,
    find::{Assembled, Found, Source, assemble, find},
};

/// What was found in files, and how many filters they hold.
#[derive(Default)]
pub struct Report {
    /// What is to say, in the order of the files.
    pub findings: Vec<Finding>,
    /// How many configurations of filters were looked at.
    pub filters: usize,
}

/// Checks files together: manifests of one chain may stand in several.
pub fn check(sources: &[Source], kind: Option<FilterKind>) -> Report {
    let mut report = Report::default();
    let mut chains = Vec::new();
    for (index, source) in sources.iter().enumerate() {
        let Found {
            chains: found,
            repeated,
            malformed,
        } = match find(source, kind) {
            Ok(found) => found,
            Err(malformed) => {
                let finding = Finding::new(Rule::Malformed, malformed.at, malformed.problem);
                report.findings.push(finding.in_file(&source.name));
                continue;
            }
        };
        let mut findings: Vec<Finding> = malformed
            .into_iter()
            .map(|malformed| Finding::new(Rule::Malformed, malformed.at, malformed.problem))
            .collect();
        if !found.is_empty() {
            findings.extend(repeated.iter().map(|name| {
                let message = format!("the name {:?} stands here for the second time", name.text);
                Finding::new(Rule::RepeatedName, name.at, message)
                    .help("some readers refuse this, others take either value")
            }));
        }
        for slot in found.iter().flat_map(|chain| &chain.slots) {
            report.filters += 1;
            findings.extend(configuration::check(slot));
        }
        report
            .findings
            .extend(findings.into_iter().map(|finding| finding.in_file(&source.name)));
        chains.extend(found.into_iter().map(|chain| (index, chain)));
    }
    let joined = assemble(chains).into_iter().map(Assembled::of_single_filters);
    for chain in &joined.collect::<Vec<_>>() {
        let findings = [
            order::check(chain),
            identity::check(chain),
            failing_open::check(chain),
            unreachable::check(chain),
            shared_data::check(chain),
            clusters::check(chain),
        ];
        for (file, finding) in findings.into_iter().flatten() {
            let name = sources.get(file).map_or("", |source| &source.name);
            report.findings.push(finding.in_file(name));
        }
    }
    if report.filters == 0 && report.findings.is_empty() {
        let name = sources.first().map_or("", |source| &source.name);
        let finding = Finding::new(
            Rule::NothingFound,
            Default::default(),
            "there is no configuration of a filter here",
        );
        let help = "filters are known by root_id, plugin name, module or image; name a bare configuration's with --filter";
        report.findings.push(finding.help(help).in_file(name));
    }
    let place = |finding: &Finding| sources.iter().position(|source| source.name == finding.file);
    report
        .findings
        .sort_by(|a, b| (place(a), a.at, a.rule.name()).cmp(&(place(b), b.at, b.rule.name())));
    report.findings.dedup();
    report
}

/// Filters' findings, with the number of the file.
pub(crate) type Placed = Vec<(usize, Finding)>;
