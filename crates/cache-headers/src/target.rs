use crate::{
    CacheControl, Directives, Scope,
    cache_control::push_member,
    directives::Known,
    freshness::expires_after,
    policy::{Policy, Syntax},
    policy_document::PolicyMode,
    statement::Statement,
    targeted,
};
use http_filter::{Bytes, FieldName, Headers, Host};

/// A field and the policy for it.
#[derive(Debug)]
pub(crate) struct Target {
    /// The field's name, lower case.
    pub(crate) field: FieldName,
    pub(crate) policy: Policy,
}

/// To whom a response may be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exposure {
    /// To all caches.
    Shared,
    /// To the user's own.
    Private,
    /// To none, for any time.
    Nothing,
    /// The origin forbids storing, and only what says the same may take its place.
    Untouchable,
    /// Storing is forbidden, whatever the policy says.
    NoStore,
}

/// What becomes of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It stays as it is.
    Kept,
    /// A guard kept the policy from it.
    Withheld,
    /// It's replaced.
    Set {
        /// The new value.
        line: Bytes,
        /// The lifetime in it.
        max_age: Option<u32>,
    },
    /// It's removed.
    Removed,
}

impl Outcome {
    /// Nobody keeps it.
    pub(crate) fn no_store() -> Self {
        Self::Set {
            line: "no-store".into(),
            max_age: None,
        }
    }
}

/// A response as its origin sent it.
pub(crate) struct Origin<'a> {
    pub(crate) response: &'a Headers,
    pub(crate) status: u16,
    pub(crate) cache_control: CacheControl<'a>,
    /// What its Cache-Control means.
    pub(crate) said: Directives,
    pub(crate) host: &'a dyn Host,
}

impl Origin<'_> {
    /// Seconds since the epoch. A host call, which few responses need.
    pub(crate) fn now(&self) -> i64 {
        i64::try_from(self.host.now().as_secs()).unwrap_or(i64::MAX)
    }
}

impl Target {
    pub(crate) fn syntax(field: &str) -> Syntax {
        if field == "cache-control" {
            Syntax::CacheControl
        } else {
            Syntax::Targeted
        }
    }

    /// Whether it's Cache-Control, which every cache reads.
    pub(crate) fn is_cache_control(&self) -> bool {
        Self::syntax(&self.field) == Syntax::CacheControl
    }

    /// Whether the policy takes the place of what the origin says.
    pub(crate) fn replaces(&self) -> bool {
        self.policy.mode == PolicyMode::Override
    }

    /// What the origin says to the caches that read this field: there, or else in Cache-Control.
    pub(crate) fn governing(&self, origin: &Origin<'_>) -> Directives {
        match Self::syntax(&self.field) {
            Syntax::CacheControl => origin.said.clone(),
            Syntax::Targeted => targeted(origin.response, &self.field).unwrap_or_else(|| origin.said.clone()),
        }
    }

    /// What becomes of the field, where the response may be opened as far as `exposure`.
    pub(crate) fn apply(&self, origin: &Origin<'_>, exposure: Exposure) -> Outcome {
        let syntax = Self::syntax(&self.field);
        let guarded = exposure != Exposure::Shared;
        let statement = self.policy.statement(origin.status, guarded);
        if exposure == Exposure::NoStore {
            return Outcome::no_store();
        }
        if exposure == Exposure::Untouchable && !statement.has(Known::NoStore) {
            return Outcome::Withheld;
        }
        match self.policy.mode {
            PolicyMode::Default if self.origin_speaks(origin) => Outcome::Kept,
            PolicyMode::Cap => self.cap(origin, exposure),
            PolicyMode::Remove if guarded => Outcome::Withheld,
            PolicyMode::Remove => Outcome::Removed,
            _ if exposure >= Exposure::Nothing && !statement.is_restrictive => Outcome::Withheld,
            // A targeted field is for shared caches alone, and would keep them from reading Cache-Control.
            _ if exposure == Exposure::Private && syntax == Syntax::Targeted && !statement.is_restrictive => {
                Outcome::Withheld
            }
            PolicyMode::Append => self.append(origin, statement, guarded),
            PolicyMode::Override | PolicyMode::Default => Outcome::Set {
                line: match syntax {
                    Syntax::CacheControl => with_unknown(statement, &origin.cache_control),
                    Syntax::Targeted => statement.line.clone(),
                },
                max_age: statement.max_age,
            },
        }
    }

    fn origin_speaks(&self, origin: &Origin<'_>) -> bool {
        match Self::syntax(&self.field) {
            Syntax::CacheControl => !origin.cache_control.is_empty() || origin.response.contains("expires"),
            Syntax::Targeted => origin.response.contains(&self.field),
        }
    }

    fn append(&self, origin: &Origin<'_>, statement: &Statement, guarded: bool) -> Outcome {
        let mut field = CacheControl::parse(origin.response.all(&self.field));
        if Self::syntax(&self.field) == Syntax::Targeted && targeted(origin.response, &self.field).is_none() {
            // What no cache can read does not get better by more of it.
            field = CacheControl::default();
        }
        field.drop_unclosed();
        if guarded || statement.has(Known::Private) {
            field.retain(|member| !opens_to_shared(member.name));
        }
        let mut line = field.to_bytes();
        for (name, argument) in &statement.members {
            if !field.contains(name) {
                push_member(&mut line, name.as_bytes(), argument.as_deref().map(str::as_bytes));
            }
        }
        let max_age = CacheControl::parse([line.as_slice()]).directives().max_age;
        Outcome::Set {
            line: line.into(),
            max_age,
        }
    }

    /// Brings the origin's lifetime into the policy's range; none that isn't stated, and none of what is not to be used
    /// unasked.
    fn cap(&self, origin: &Origin<'_>, exposure: Exposure) -> Outcome {
        let said = self.governing(origin);
        let own = Self::syntax(&self.field) == Syntax::CacheControl;
        let stated = if own { said.max_age } else { said.shared_lifetime() };
        let expires = || {
            origin
                .response
                .contains("expires")
                .then(|| expires_after(origin.response, origin.now()))
        };
        let Some(stated) = stated
            .or_else(expires)
            .filter(|_| said.no_cache != Scope::Response)
        else {
            return Outcome::Kept;
        };
        let (shortest, longest) = self.policy.ttl_range;
        // Nothing that a guard holds may live longer than the origin says.
        let shortest = if exposure == Exposure::Shared { shortest } else { 0 };
        let capped = stated.clamp(shortest.min(longest), longest);
        if capped == stated {
            return Outcome::Kept;
        }
        let guarded = exposure != Exposure::Shared;
        let line = if own || targeted(origin.response, &self.field).is_some() {
            let mut field = CacheControl::parse(origin.response.all(&self.field));
            field.drop_unclosed();
            field.retain(|member| !(member.is("max-age") || guarded && opens_to_shared(member.name)));
            let mut line = field.to_bytes();
            push_member(&mut line, b"max-age", Some(capped.to_string().as_bytes()));
            if guarded && own && said.private != Scope::Response {
                push_member(&mut line, b"private", None);
            }
            line
        } else if guarded {
            return Outcome::Withheld;
        } else {
            carried_over(&said, capped)
        };
        Outcome::Set {
            line: line.into(),
            max_age: Some(capped),
        }
    }
}

/// Whether the directive invites shared caches.
pub(crate) fn opens_to_shared(name: &[u8]) -> bool {
    matches!(Known::find(name), Some(Known::Public | Known::SMaxage))
}

/// A new Cache-Control, and of the origin's what nobody knows and what is not about caching.
fn with_unknown(statement: &Statement, origin: &CacheControl<'_>) -> Bytes {
    let stays = |name| match Known::find(name) {
        None => !name.is_empty(),
        Some(Known::NoTransform) => !statement.has(Known::NoTransform),
        Some(_) => false,
    };
    let mut kept = origin
        .members()
        .iter()
        .filter(|member| stays(member.name))
        .peekable();
    if kept.peek().is_none() {
        return statement.line.clone();
    }
    let mut line = statement.line.to_vec();
    for member in kept {
        push_member(&mut line, member.name, member.argument);
    }
    line.into()
}

/// What of Cache-Control a targeted field must repeat, since caches that read it read nothing else.
fn carried_over(said: &Directives, max_age: u32) -> Vec<u8> {
    let mut line = Vec::new();
    let mut seconds = |name: &str, seconds: Option<u32>| {
        if let Some(seconds) = seconds {
            push_member(&mut line, name.as_bytes(), Some(seconds.to_string().as_bytes()));
        }
    };
    seconds("max-age", Some(max_age));
    seconds("stale-while-revalidate", said.stale_while_revalidate);
    seconds("stale-if-error", said.stale_if_error);
    if said.must_revalidate || said.proxy_revalidate {
        push_member(&mut line, b"must-revalidate", None);
    }
    line
}
