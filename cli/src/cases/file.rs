use crate::{
    FilterKind,
    command::{Error, read_source},
    document::{Reader, parse, read},
    explain::{ANYBODY, Policy, Told, read_policy},
};

use geo_database::Country;
use http_filter::{AnyPlugin, ConfigError, OneOrMany};
use http_filter_replay::{Case, CaseFile, Difference, Text, Tier, replay};
use serde_json::Value;
use std::path::Path;

/// A file of cases, and the filters that they are about.
pub struct TestFile {
    /// The file.
    pub name: String,
    /// The cases, each with its line.
    pub cases: Vec<(Case, usize)>,
    subject: Subject,
}

/// What cases are about.
enum Subject {
    /// One filter, configured by the cases.
    Filter(Option<FilterKind>),
    /// The chain that a file holds.
    Chain(Policy),
}

/// Reads a file of cases. `kind` says which filter they are about where the file doesn't.
///
/// # Errors
/// [`Error`] with file, line and column of what isn't as it should be.
pub fn read_file(path: &str, kind: Option<FilterKind>) -> Result<TestFile, Error> {
    let source = read_source(path)?;
    let parsed = parse(&source.text).map_err(|malformed| {
        let at = malformed.at;
        Error::Content(format!("{path}:{}:{}: {malformed}", at.line, at.column))
    })?;
    let Some(document) = parsed.documents.first() else {
        return Err(Error::Content(format!(
            "{path}: an empty file, expected `cases:`"
        )));
    };
    let at = |field: &str, problem: &str| {
        let is_unknown = problem.contains("unknown field");
        let at = if is_unknown {
            document.locate(field)
        } else {
            document.locate_value(field)
        };
        Error::Content(format!("{path}:{}:{}: {field}: {problem}", at.line, at.column))
    };
    let value = read(document, Reader::Exact, &mut Vec::new());
    let is_policy = ["static_resources", "apiVersion", "http_filters"]
        .iter()
        .any(|name| value.get(name).is_some())
        || !FilterKind::candidates(&value).is_empty();
    if value.get("cases").is_none() && is_policy {
        return Err(Error::Content(format!(
            "{path}: found a policy, expected a file of `cases:`, which names it by `policy: {path}`"
        )));
    }
    let file = CaseFile::read(&value).map_err(|first| mistakes(&value, &first, &at))?;
    for (index, case) in file.cases.iter().enumerate() {
        let code = case.country.as_deref();
        if let Some(code) = code.filter(|code| Country::parse(code.as_bytes()).is_none()) {
            let expected = "a country's code of two letters, such as DE";
            return Err(at(
                &format!("cases[{index}].country"),
                &format!("found {code:?}, expected {expected}"),
            ));
        }
    }
    let subject = match (&file.policy, &file.filter) {
        (Some(_), Some(_)) => return Err(at("filter", "found beside `policy`, expected one of them")),
        (Some(policy), None) => {
            let folder = Path::new(path).parent().unwrap_or(Path::new(""));
            let policy = read_source(&folder.join(policy).to_string_lossy())?;
            Subject::Chain(read_policy(&[policy], None, None)?)
        }
        (None, Some(name)) => Subject::Filter(Some(FilterKind::of_name(name).ok_or_else(|| {
            let names: Vec<_> = FilterKind::ALL.iter().map(|kind| kind.name()).collect();
            at(
                "filter",
                &format!("found {name:?}, expected one of {}", names.join(", ")),
            )
        })?)),
        (None, None) => Subject::Filter(kind.or_else(|| FilterKind::mentioned(path))),
    };
    let cases = file.cases.into_iter().enumerate();
    let cases = cases
        .filter(|(_, case)| case.runs_in(Tier::Native))
        .map(|(index, case)| (case, document.locate(&format!("cases[{index}]")).line));
    Ok(TestFile {
        name: path.to_owned(),
        cases: cases.collect(),
        subject,
    })
}

/// All mistakes of a file of cases. The reader names the first one only: where its case is taken out, the next one shows.
fn mistakes(value: &Value, first: &ConfigError, at: &dyn Fn(&str, &str) -> Error) -> Error {
    let mut lines = vec![at(first.path(), first.problem()).to_string()];
    let cases = value
        .get("cases")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default();
    if !first.path().starts_with("cases[") {
        return at(first.path(), first.problem());
    }
    for (index, case) in cases.iter().enumerate() {
        let mut alone = value.clone();
        if let Some(members) = alone.as_object_mut() {
            members.insert("cases".to_owned(), Value::from(vec![case.clone()]));
        }
        if let Err(error) = CaseFile::read(&alone) {
            let path = error.path().replacen("cases[0]", &format!("cases[{index}]"), 1);
            let line = at(&path, error.problem()).to_string();
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    Error::Content(lines.join("\n"))
}

impl TestFile {
    /// In what a case differs from what it expects.
    pub(super) fn replay(&self, case: &Case) -> Vec<Difference> {
        let is_chain = matches!(self.subject, Subject::Chain(_));
        let country = case
            .country
            .as_deref()
            .and_then(|code| Country::parse(code.as_bytes()));
        let told = country.map_or_else(Told::default, |country| Told::to(&self.policy(case), country));
        let mut case = case.clone();
        // Where nothing tells it, the case stays as it is, and is said to be no good.
        if !told.is_empty() {
            case.country = None;
            case.exchanges = case.exchanges();
            // A database is asked for an address; whichever it is.
            let anybody = || Text(format!("{ANYBODY}:50000").into_bytes());
            case.properties
                .entry("source.address".to_owned())
                .or_insert_with(anybody);
        }
        case.properties.extend(
            told.properties
                .into_iter()
                .map(|(path, value)| (path, Text(value))),
        );
        for exchange in &mut case.exchanges {
            for (name, value) in &told.headers {
                let value = OneOrMany(vec![Text(value.clone())]);
                exchange.request.headers.entry(name.clone()).or_insert(value);
            }
        }
        replay(&case, is_chain, told.served, |case| self.plugins(case))
    }

    /// The configurations that a case is about.
    fn policy(&self, case: &Case) -> Policy {
        match &self.subject {
            Subject::Chain(policy) => policy.clone(),
            Subject::Filter(kind) => {
                let configuration = case.config.as_ref().unwrap_or(&Value::Null);
                let kind = kind.or_else(|| FilterKind::of_configuration(configuration));
                kind.map_or_else(Policy::default, |kind| Policy::of(kind, configuration))
            }
        }
    }

    /// The filters that a case is about.
    ///
    /// # Errors
    /// [`ConfigError`] of the filter that refuses its configuration.
    fn plugins(&self, case: &Case) -> Result<Vec<Box<dyn AnyPlugin>>, ConfigError> {
        let configuration = case.config.as_ref().unwrap_or(&Value::Null);
        match &self.subject {
            Subject::Chain(_) if !configuration.is_null() => Err(ConfigError::new(
                "config",
                "a configuration",
                "none, since the file names a `policy`",
            )),
            Subject::Chain(policy) => {
                let plugins = policy
                    .filters
                    .iter()
                    .map(|(kind, value)| kind.plugin(value).map_err(|error| error.within(kind.name())));
                plugins.collect()
            }
            Subject::Filter(kind) => {
                let kind = kind.or_else(|| FilterKind::of_configuration(configuration));
                let Some(kind) = kind else {
                    let expected = "`filter: NAME` in the file, or --filter";
                    return Err(ConfigError::new(
                        "filter",
                        "nothing that says which filter it is",
                        expected,
                    ));
                };
                Ok(vec![kind.plugin(configuration)?])
            }
        }
    }
}
