use crate::{
    config::{field_policy::FieldPolicy, field_value::FieldValue, syntax::Syntax},
    document::policy::PolicyMode,
    response::exposure::opens_to_shared,
    response::{cap, exposure::Exposure, origin::Origin, outcome::Outcome},
};
use http_fields::{CacheControl, Directive, Directives, push_directive};
use http_filter::Bytes;

impl FieldPolicy {
    /// What becomes of the field, where the response may be opened as far as `exposure`.
    pub(crate) fn apply(&self, origin: &Origin<'_>, exposure: Exposure) -> Outcome {
        let guarded = exposure.is_guarded();
        let value = self.policy.value(origin.status, guarded);
        let opens = !value.is_restrictive;
        if exposure == Exposure::NoStore {
            return Outcome::no_store();
        }
        if exposure == Exposure::Untouchable && !value.has(Directive::NoStore) {
            return Outcome::Withheld;
        }
        match self.policy.mode {
            PolicyMode::Default if self.origin_speaks(origin) => Outcome::Kept,
            PolicyMode::Cap => cap::cap(&self.name, self.policy.ttl_range, origin, exposure),
            PolicyMode::Remove if exposure != Exposure::Shared => Outcome::Withheld,
            PolicyMode::Remove => Outcome::Removed,
            _ if exposure >= Exposure::Nothing && opens => Outcome::Withheld,
            // A targeted field is for shared caches alone, and would keep them from reading Cache-Control.
            _ if exposure == Exposure::Private && !self.is_cache_control() && opens => Outcome::Withheld,
            _ if exposure == Exposure::Revalidated && opens && origin.read(&self.name).is_none() => {
                Outcome::Withheld
            }
            PolicyMode::Append => self.append(origin, value, guarded),
            PolicyMode::Override | PolicyMode::Default => Outcome::Set {
                line: with_unknown(value, &self.unknown(origin)),
                max_age: value.max_age,
            },
        }
    }

    fn origin_speaks(&self, origin: &Origin<'_>) -> bool {
        match self.syntax() {
            Syntax::CacheControl => !origin.cache_control.is_empty() || origin.response.contains("expires"),
            Syntax::Targeted | Syntax::Surrogate => origin.response.contains(&self.name),
        }
    }

    fn append(&self, origin: &Origin<'_>, value: &FieldValue, guarded: bool) -> Outcome {
        let mut field = CacheControl::parse(origin.response.all(&self.name));
        if self.syntax() == Syntax::Targeted && origin.read(&self.name).is_none() {
            // What no cache can read does not get better by more of it.
            field = CacheControl::default();
        }
        field.drop_malformed();
        if guarded || value.has(Directive::Private) {
            field.retain(|member| !opens_to_shared(member));
        }
        let mut line = field.to_bytes();
        for (name, argument) in &value.members {
            if !field.contains(name) {
                push_directive(&mut line, name.as_bytes(), argument.as_deref().map(str::as_bytes));
            }
        }
        let max_age = Directives::of([line.as_slice()]).max_age;
        Outcome::Set {
            line: line.into(),
            max_age,
        }
    }

    /// Of what the origin says in this field, the directives that nobody knows.
    fn unknown(&self, origin: &Origin<'_>) -> Vec<Vec<u8>> {
        if !origin.response.contains(&self.name) {
            return Vec::new();
        }
        let lines = origin.response.all(&self.name);
        let mut field = match self.syntax() {
            Syntax::Targeted if origin.read(&self.name).is_none() => return Vec::new(),
            Syntax::Surrogate => CacheControl::parse_surrogate(lines),
            Syntax::CacheControl | Syntax::Targeted => CacheControl::parse(lines),
        };
        field.drop_malformed();
        field.retain(|member| matches!(member.directive, None | Some(Directive::NoTransform)));
        field.members().iter().map(|member| member.to_bytes()).collect()
    }
}

/// A new field, and of the origin's what nobody knows and what is not about caching.
fn with_unknown(value: &FieldValue, unknown: &[Vec<u8>]) -> Bytes {
    let is_new = |member: &&Vec<u8>| {
        !(value.has(Directive::NoTransform) && member.eq_ignore_ascii_case(b"no-transform"))
    };
    let mut unknown = unknown.iter().filter(is_new).peekable();
    if unknown.peek().is_none() {
        return value.line.clone();
    }
    let mut line = value.line.to_vec();
    for member in unknown {
        push_directive(&mut line, member, None);
    }
    line.into()
}
