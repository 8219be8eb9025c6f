//! Finds what is wrong with configurations, and what is legal and still wrong.

mod clusters;
mod conditions;
mod configuration;
mod costs;
mod covering;
mod failing_open;
mod finding;
mod foreign;
mod forgeable;
mod identity;
mod malformed;
mod members;
mod mending;
mod modules;
mod order;
mod overrides;
mod placed;
mod placeholders;
mod rule;
mod shared_data;
mod spellings;
mod unknown_clients;
mod unreachable;

pub use finding::Finding;
pub use modules::Presence;
pub(crate) use placed::Placed;
pub use rule::{Rule, Severity};

use crate::{
    FilterKind,
    document::{Position, parse},
    find::{Assembled, Found, Source, assemble, find},
    messages,
};

/// What was found in files.
#[derive(Default)]
pub struct Report {
    /// What is to say, in the order of the files.
    pub findings: Vec<Finding>,
    /// Every plugin that was found, in the same order.
    pub plugins: Vec<Plugin>,
}

/// A Wasm plugin or a dynamic module that was found.
pub struct Plugin {
    /// The file.
    pub file: String,
    /// Where it stands.
    pub at: Position,
    /// Its name.
    pub name: String,
    /// What became of it.
    pub verdict: Verdict,
}

/// What became of a plugin.
pub enum Verdict {
    /// Its configuration was handed to this filter.
    Checked(FilterKind),
    /// It wasn't looked at: why it isn't known whose it is.
    NotRecognised(String),
}

impl Report {
    /// How many configurations of filters were looked at.
    pub fn filters(&self) -> usize {
        let checked = self
            .plugins
            .iter()
            .filter(|plugin| matches!(plugin.verdict, Verdict::Checked(_)));
        checked.count()
    }

    /// Whether nothing was left aside.
    pub fn is_all_looked_at(&self) -> bool {
        let all_recognised = !self
            .plugins
            .iter()
            .any(|plugin| matches!(plugin.verdict, Verdict::NotRecognised(_)));
        let left_aside =
            |finding: &Finding| matches!(finding.rule, Rule::NotLookedAt | Rule::ModuleElsewhere);
        all_recognised && !self.findings.iter().any(left_aside)
    }
}

/// Checks files together: manifests of one chain may stand in several. `presence` says of a file that a source names whether
/// it's there.
pub fn check(
    sources: &[Source],
    kind: Option<FilterKind>,
    presence: &dyn Fn(&str, &str) -> Presence,
) -> Report {
    let mut report = Report::default();
    let mut chains = Vec::new();
    for (index, source) in sources.iter().enumerate() {
        match find(source, kind) {
            Ok(found) => {
                report.of_file(source, &found, presence);
                chains.extend(found.chains.into_iter().map(|chain| (index, chain)));
            }
            Err(malformed) => {
                let finding = malformed::finding(&source.text, malformed);
                report.findings.push(finding.in_file(&source.name));
            }
        }
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
            forgeable::check(chain),
            spellings::check(chain),
            conditions::check(chain),
            costs::check(chain),
            placeholders::check(chain),
            unknown_clients::check(chain),
        ];
        for (file, finding) in findings.into_iter().flatten() {
            let name = sources.get(file).map_or("", |source| &source.name);
            report.findings.push(finding.in_file(name));
        }
    }
    report.left_aside(sources);
    let place = |finding: &Finding| sources.iter().position(|source| source.name == finding.file);
    report
        .findings
        .sort_by(|a, b| (place(a), a.at, a.rule.name()).cmp(&(place(b), b.at, b.rule.name())));
    report.findings.dedup();
    let place = |plugin: &Plugin| sources.iter().position(|source| source.name == plugin.file);
    report.plugins.sort_by_key(|plugin| (place(plugin), plugin.at));
    report
}

impl Report {
    /// Adds what is to say of a file, but for its chains as such.
    fn of_file(&mut self, source: &Source, found: &Found, presence: &dyn Fn(&str, &str) -> Presence) {
        let mut findings = found.findings.clone();
        findings.extend(
            found
                .malformed
                .iter()
                .map(|malformed| Finding::new(Rule::Malformed, malformed.at, &*malformed.problem)),
        );
        let slots = || found.chains.iter().flat_map(|chain| &chain.slots);
        let mut plugin = |name: &str, at, verdict| {
            self.plugins.push(Plugin {
                file: source.name.clone(),
                at,
                name: name.to_owned(),
                verdict,
            });
        };
        for slot in slots() {
            plugin(&slot.name, slot.at, Verdict::Checked(slot.kind));
            findings.extend(slot.findings.iter().cloned());
            findings.extend(configuration::check(slot));
            findings.extend(modules::check(slot, &source.name, presence));
        }
        for unrecognised in &found.unrecognised {
            plugin(
                &unrecognised.name,
                unrecognised.at,
                Verdict::NotRecognised(unrecognised.reason.clone()),
            );
            let message = format!("{} isn't checked: {}", unrecognised.name, unrecognised.reason);
            findings.push(match unrecognised.mistake {
                Some(at) => Finding::new(Rule::WrongValue, at, message),
                None => Finding::new(Rule::NotRecognised, unrecognised.at, message).help(
                    "a filter is known by its module, its root_id or its name, and by its configuration",
                ),
            });
        }
        let is_ours = !found.chains.is_empty() || !found.unrecognised.is_empty();
        if is_ours || FilterKind::mentioned(&source.text).is_some() {
            for message in &found.messages {
                findings.extend(messages::check(
                    message.table,
                    &message.name,
                    &message.node,
                    message.reader,
                    message.completeness,
                ));
            }
        }
        if is_ours {
            findings.extend(found.repeated.iter().map(|name| {
                let message = format!("the name {:?} stands here for the second time", name.text);
                Finding::new(Rule::RepeatedName, name.at, message)
                    .help("some readers refuse this, others take either value")
            }));
            findings.extend(found.merged.iter().map(|key| {
                let message = "found the merge key `<<`, which Envoy takes for a name like any other";
                Finding::new(Rule::MergeKey, key.at, message)
                    .help("write the members out; an alias for a whole value (`name: *alias`) is understood")
            }));
            for override_ in &found.overrides {
                findings.extend(overrides::check(override_, &found.chains));
            }
        }
        self.findings
            .extend(findings.into_iter().map(|finding| finding.in_file(&source.name)));
    }

    /// Says which files hold nothing that was looked at.
    fn left_aside(&mut self, sources: &[Source]) {
        let is_silent = |report: &Self, source: &Source| {
            !report.plugins.iter().any(|plugin| plugin.file == source.name)
                && !report.findings.iter().any(|finding| finding.file == source.name)
        };
        let nothing_checked = self.filters() == 0;
        let nothing_wrong = !self
            .findings
            .iter()
            .any(|finding| finding.rule.severity() == Severity::Error);
        for (index, source) in sources.iter().enumerate() {
            let rule = match index {
                0 if nothing_checked && nothing_wrong => Rule::NothingFound,
                _ if is_silent(self, source) => Rule::NotLookedAt,
                _ => continue,
            };
            let (message, help) = nothing_here(&source.text);
            let finding = Finding::new(rule, Position::default(), message);
            self.findings.push(finding.help(help).in_file(&source.name));
        }
    }
}

/// What a file holds in which there is nothing to look at, and what to do.
fn nothing_here(text: &str) -> (String, String) {
    const HELP: &str = "filters are known by root_id, plugin name, module or image; name a bare configuration's with --filter";
    let parsed = parse(text).unwrap_or_default();
    let Some(first) = parsed.documents.first() else {
        let help = "`edge-filters init` lists recipes: whole configurations to begin with";
        return (
            "found nothing: the file is empty, or has only comments".to_owned(),
            help.to_owned(),
        );
    };
    let names: Vec<_> = first
        .members()
        .iter()
        .map(|(name, _)| name.text.as_str())
        .collect();
    let help = foreign::owner(&names).map_or_else(
        || HELP.to_owned(),
        |owner| format!("this looks like the configuration of {owner}"),
    );
    let few = names.get(..MOST_NAMES.min(names.len())).unwrap_or_default();
    let found = match few {
        [] => String::new(),
        few => format!(
            ": found {}{}",
            few.join(", "),
            if names.len() > few.len() { ", …" } else { "" }
        ),
    };
    (format!("there is no configuration of a filter here{found}"), help)
}

const MOST_NAMES: usize = 4;
