use crate::{
    config::{
        block::Block,
        condition::Condition,
        redirect::Redirect,
        region::{NEAREST, Regions},
    },
    document::{
        condition::Groups,
        rule::{HeadersDocument, RuleDocument},
    },
};
use http_filter::{
    Bytes, Concerns, ConfigError, FieldName, HeaderMutation, Match,
    document::Brief,
    error_path::{joined, quoted},
};

/// What becomes of which requests.
#[derive(Debug)]
pub(crate) struct Rule {
    /// The counter, for a rule with a name.
    pub(crate) counter: Option<String>,
    pub(crate) matching: Match,
    pub(crate) except: Option<Match>,
    pub(crate) when: Condition,
    pub(crate) action: Action,
    pub(crate) headers: HeaderMutation,
    /// The names of headers that it sets.
    pub(crate) set: Vec<FieldName>,
}

/// What becomes of a request.
#[derive(Debug)]
pub(crate) enum Action {
    /// The region of this number serves it.
    Region(usize),
    /// The nearest region serves it.
    Nearest,
    Block(Block),
    Redirect(Box<Redirect>),
    Pass,
}

impl Rule {
    pub(crate) fn compile(
        document: RuleDocument,
        regions: &Regions,
        groups: &Groups,
        path: &str,
    ) -> Result<Self, ConfigError> {
        let slug = |name: &str| {
            (1..=40).contains(&name.len())
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        if let Some(name) = document.name.as_deref().filter(|name| !slug(name)) {
            let expected = "at most 40 letters, digits, \"-\" and \"_\"";
            return Err(ConfigError::at(path, "name", &quoted(name), expected));
        }
        let action = match (document.route, document.block, document.redirect, document.pass) {
            (Some(name), None, None, false) => route(&name, regions, path)?,
            (None, Some(Brief(block)), None, false) => {
                Action::Block(Block::compile(block, &joined(path, "block"))?)
            }
            (None, None, Some(Brief(redirect)), false) => {
                Action::Redirect(Box::new(Redirect::compile(redirect, &joined(path, "redirect"))?))
            }
            (None, None, None, true) => Action::Pass,
            _ => {
                let expected = "exactly one of \"route\", \"block\", \"redirect\" and \"pass: true\"";
                return Err(ConfigError::at(path, "", "none or several actions", expected));
            }
        };
        let (headers, set) = headers(document.headers, path)?;
        Ok(Self {
            counter: document.name.map(|name| ["rule_", &name].concat()),
            matching: document.matching,
            except: document.except,
            when: Condition::compile(document.when, groups, &joined(path, "when"))?,
            action,
            headers,
            set,
        })
    }
}

impl Rule {
    /// What of a request its conditions are about.
    pub(crate) fn concerns(&self) -> Concerns {
        let except = self.except.iter().map(Match::concerns);
        except.chain([self.matching.concerns()]).collect()
    }
}

fn route(name: &str, regions: &Regions, path: &str) -> Result<Action, ConfigError> {
    let path = joined(path, "route");
    if name == NEAREST {
        return match regions.any_at() {
            true => Ok(Action::Nearest),
            false => Err(ConfigError::at(
                &path,
                "",
                "\"nearest\"",
                "it where at least one region says where it is (\"at\")",
            )),
        };
    }
    let expected = "\"nearest\" or the name of one of \"regions\"";
    let number = regions
        .number(name)
        .ok_or_else(|| ConfigError::at(&path, "", &quoted(name), expected))?;
    Ok(Action::Region(number))
}

fn headers(document: HeadersDocument, path: &str) -> Result<(HeaderMutation, Vec<FieldName>), ConfigError> {
    let mut mutation = HeaderMutation::default();
    for name in document.remove.0 {
        mutation = mutation.remove(name);
    }
    let mut set = Vec::new();
    for (name, value) in document.set.0 {
        if value.bytes().any(|byte| byte.is_ascii_control()) {
            let expected = "a header field's value";
            return Err(ConfigError::at(
                path,
                &["headers.set.", &name].concat(),
                "control characters",
                expected,
            ));
        }
        set.push(name.clone());
        mutation = mutation.set(name, Bytes::shared(value.into_bytes()));
    }
    Ok((mutation, set))
}
