use crate::{
    config::{field_value::FieldValue, syntax::Syntax},
    document::policy::{PolicyDocument, PolicyMode, ScopeDocument, Ttl},
};
use http_fields::{Directive, MAX_DELTA, StatusPattern};
use http_filter::{ConfigError, Span};

/// What a rule says to one kind of cache, ready to be said.
#[derive(Debug)]
pub(crate) struct Policy {
    pub(crate) mode: PolicyMode,
    /// Shortest and longest lifetime, in mode `cap`.
    pub(crate) ttl_range: (u32, u32),
    plain: Sayings,
    /// By status, narrowest pattern first.
    by_status: Vec<(StatusPattern, Sayings)>,
}

/// A value, and the same where only the user's own cache may store the response.
#[derive(Debug)]
struct Sayings {
    open: FieldValue,
    guarded: FieldValue,
}

impl Policy {
    pub(crate) fn compile(
        document: &PolicyDocument,
        rule_mode: Option<PolicyMode>,
        syntax: Syntax,
    ) -> Result<Self, ConfigError> {
        let mode = document.mode.or(rule_mode).unwrap_or(PolicyMode::Override);
        let members = members(document)?;
        check(document, mode, syntax, members.is_empty())?;
        let mut by_status: Vec<(StatusPattern, Sayings)> = Vec::new();
        for (pattern, ttl) in document.ttl.iter() {
            let place = by_status.partition_point(|(known, _)| known.width() <= pattern.width());
            by_status.insert(place, (pattern.clone(), Sayings::new(with_ttl(&members, *ttl)?)));
        }
        let seconds = |name, span: Option<Span>, default| match span {
            Some(span) => whole_seconds(name, span),
            None => Ok(default),
        };
        let ttl_range = (
            seconds("min_ttl", document.min_ttl, 0)?,
            seconds("max_ttl", document.max_ttl, MAX_DELTA)?,
        );
        if ttl_range.0 > ttl_range.1 {
            return Err(ConfigError::new(
                "min_ttl",
                "more than max_ttl",
                "at most max_ttl",
            ));
        }
        Ok(Self {
            mode,
            ttl_range,
            plain: Sayings::new(FieldValue::new(members)),
            by_status,
        })
    }

    /// What is said of a response with this status; guarded where only the user's own cache may store it.
    pub(crate) fn value(&self, status: u16, guarded: bool) -> &FieldValue {
        let sayings = self
            .by_status
            .iter()
            .find(|(pattern, _)| pattern.matches(status))
            .map_or(&self.plain, |(_, sayings)| sayings);
        if guarded { &sayings.guarded } else { &sayings.open }
    }

    /// Whether the policy names this status itself.
    pub(crate) fn names(&self, status: u16) -> bool {
        self.by_status.iter().any(|(pattern, _)| pattern.matches(status))
    }
}

impl Sayings {
    fn new(open: FieldValue) -> Self {
        let guarded = open.guarded();
        Self { open, guarded }
    }
}

/// The directives, in the order of [`Directive::ALL`], others behind.
fn members(document: &PolicyDocument) -> Result<Vec<(String, Option<String>)>, ConfigError> {
    let seconds = |name: &str, span: &Option<Span>| -> Result<Option<Option<String>>, ConfigError> {
        span.map(|span| whole_seconds(name, span).map(|seconds| Some(seconds.to_string())))
            .transpose()
    };
    let scope = |scope: &ScopeDocument| match scope {
        ScopeDocument::Nothing => None,
        ScopeDocument::Response => Some(None),
        ScopeDocument::Fields(fields) => Some(Some(["\"", &fields.join(", "), "\""].concat())),
    };
    let flag = |set: bool| set.then_some(None);
    let mut members = Vec::new();
    for (name, directive) in Directive::ALL {
        let argument = match directive {
            Directive::Public => flag(document.public),
            Directive::Private => scope(&document.private),
            Directive::NoStore => flag(document.no_store),
            Directive::NoCache => scope(&document.no_cache),
            Directive::MaxAge => seconds("max_age", &document.max_age)?,
            Directive::SMaxage => seconds("s_maxage", &document.s_maxage)?,
            Directive::MustRevalidate => flag(document.must_revalidate),
            Directive::ProxyRevalidate => flag(document.proxy_revalidate),
            Directive::MustUnderstand => flag(document.must_understand),
            Directive::NoTransform => flag(document.no_transform),
            Directive::Immutable => flag(document.immutable),
            Directive::StaleWhileRevalidate => {
                seconds("stale_while_revalidate", &document.stale_while_revalidate)?
            }
            Directive::StaleIfError => seconds("stale_if_error", &document.stale_if_error)?,
        };
        if let Some(argument) = argument {
            members.push((name.to_owned(), argument));
        }
    }
    for extension in &document.extensions {
        let (name, argument) = match extension.0.split_once('=') {
            Some((name, argument)) => (name, Some(argument.to_owned())),
            None => (extension.0.as_str(), None),
        };
        members.push((name.to_owned(), argument));
    }
    Ok(members)
}

/// The directives with another lifetime.
fn with_ttl(members: &[(String, Option<String>)], ttl: Ttl) -> Result<FieldValue, ConfigError> {
    let Ttl::MaxAge(span) = ttl else {
        return Ok(FieldValue::no_store());
    };
    let seconds = whole_seconds("ttl", span)?;
    let max_age = ("max-age".to_owned(), Some(seconds.to_string()));
    let others = members.iter().filter(|(name, _)| name != "max-age").cloned();
    Ok(FieldValue::new(std::iter::once(max_age).chain(others).collect()))
}

/// Refuses what contradicts itself or says nothing.
fn check(
    document: &PolicyDocument,
    mode: PolicyMode,
    syntax: Syntax,
    is_empty: bool,
) -> Result<(), ConfigError> {
    let lasting = document.max_age.is_some()
        || document.s_maxage.is_some()
        || document.stale_while_revalidate.is_some()
        || document.stale_if_error.is_some()
        || document.public
        || document.immutable;
    let capped = document.min_ttl.is_some() || document.max_ttl.is_some();
    let says_nothing = is_empty && document.ttl.is_empty();
    let problem = match mode {
        PolicyMode::Cap if !says_nothing => {
            Some(("mode", "cap beside directives", "min_ttl and max_ttl only"))
        }
        PolicyMode::Cap if !capped => Some(("mode", "cap without a limit", "min_ttl, max_ttl or both")),
        PolicyMode::Remove if capped || !says_nothing => {
            Some(("mode", "remove beside directives", "nothing else"))
        }
        PolicyMode::Cap | PolicyMode::Remove => None,
        _ if capped => Some(("min_ttl", "a limit", "it in mode cap only")),
        _ if says_nothing => Some(("", "no directive", "at least one, such as max_age")),
        _ if document.no_store && (lasting || !document.ttl.is_empty()) => {
            Some(("no_store", "true beside a lifetime", "one of them"))
        }
        _ if document.public && document.private != ScopeDocument::Nothing => {
            Some(("public", "true beside private", "one of them"))
        }
        _ if document.s_maxage.is_some() && syntax != Syntax::CacheControl => Some((
            "s_maxage",
            "a lifetime for shared caches",
            "max_age: only shared caches read this field",
        )),
        _ => None,
    };
    problem.map_or(Ok(()), |(field, found, expected)| {
        Err(ConfigError::new(field, found, expected))
    })
}

fn whole_seconds(field: &str, span: Span) -> Result<u32, ConfigError> {
    let duration = span.duration();
    u32::try_from(duration.as_secs())
        .ok()
        .filter(|seconds| *seconds <= MAX_DELTA && duration.subsec_nanos() == 0)
        .ok_or_else(|| {
            ConfigError::new(
                field,
                "a duration that caches can't be told",
                "whole seconds, at most 68 years",
            )
        })
}
