use http_filter::{Match, OneOrMany};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// What some requests need. Exactly one of `allow` and `require`, or neither: a token of any provider.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RuleDocument {
    /// Which requests; default all.
    #[serde(rename = "match")]
    pub matches: Match,
    /// `anyone` needs no token, `nobody` gets through.
    pub allow: Option<Allow>,
    /// A provider, `{any: […]}` or `{all: […]}`.
    pub require: Option<RequireDocument>,
    /// Whether requests without a token pass (`true`), or even those with an invalid one (`even_invalid`); default
    /// false.
    pub optional: Optional,
    /// Scopes that one token must have, all of them.
    pub scopes: OneOrMany<String>,
    /// Claims that it must have: a path and what it must be.
    pub claims: BTreeMap<String, Value>,
}

/// Who passes without a token.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Allow {
    /// Everybody.
    Anyone,
    /// Nobody, whatever they bring.
    Nobody,
}

/// Whether a token may be left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Optional {
    /// It must be there.
    #[default]
    No,
    /// It may be missing, but not invalid.
    Missing,
    /// It may be missing or invalid.
    EvenInvalid,
}

/// Which providers' tokens are needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequireDocument {
    /// A token of this provider.
    Provider(String),
    /// What one of these needs.
    Any(Vec<RequireDocument>),
    /// What all of these need.
    All(Vec<RequireDocument>),
}
