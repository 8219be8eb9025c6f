//! Lifetimes brought into a range.

use crate::{
    config::syntax::Syntax,
    response::{exposure::Exposure, exposure::opens_to_shared, origin::Origin, outcome::Outcome},
};
use http_fields::{
    CacheControl, Directive, Directives, Scope, delta_seconds, outranks_cache_control, push_directive,
};
use http_filter::{HeaderMutation, Headers};

/// Brings every lifetime that the origin states into the range, and none that isn't stated, nor any of what is not to be
/// used unasked. For how long a response may be used stale is a lifetime too.
pub(crate) fn cap(
    field: &str,
    (shortest, longest): (u32, u32),
    origin: &Origin<'_>,
    exposure: Exposure,
) -> Outcome {
    let said = origin.governing(field);
    if said.no_cache == Scope::Response {
        return Outcome::Kept;
    }
    let own = Syntax::of(field) == Syntax::CacheControl;
    let guarded = exposure.is_guarded();
    let range = Range {
        // Nothing that a guard holds may live longer than the origin says.
        shortest: if guarded { 0 } else { shortest.min(longest) },
        longest,
    };
    let max_age = match said.max_age {
        None if own || said.s_maxage.is_none() => origin.expires_after(),
        stated => stated,
    };
    let capped = if own || origin.read(field).is_some() {
        Lifetimes {
            max_age,
            ..Lifetimes::of(&said)
        }
        .within(range, Syntax::of(field))
    } else {
        // A targeted field takes the place of all that Cache-Control says to shared caches.
        let shared = Lifetimes {
            max_age: said.s_maxage.or(max_age),
            s_maxage: None,
            ..Lifetimes::of(&said)
        };
        let capped = shared.within(range, Syntax::Targeted);
        if capped == shared || guarded {
            return if guarded && capped != shared {
                Outcome::Withheld
            } else {
                Outcome::Kept
            };
        }
        return set(carried_over(&said, &capped), capped.max_age);
    };
    if capped
        == (Lifetimes {
            max_age,
            ..Lifetimes::of(&said)
        })
    {
        return Outcome::Kept;
    }
    let mut line = if Syntax::of(field) == Syntax::Surrogate {
        surrogate_line(origin.response, &capped)
    } else {
        let mut kept = CacheControl::parse(origin.response.all(field));
        kept.drop_malformed();
        kept.retain(|member| {
            let is_lifetime = member.directive.is_some_and(Directive::takes_seconds);
            !(is_lifetime || guarded && opens_to_shared(member))
        });
        let mut line = kept.to_bytes();
        capped.write(&mut line, guarded);
        line
    };
    if guarded && own && said.private != Scope::Response {
        push_directive(&mut line, b"private", None);
    }
    set(line, capped.max_age)
}

fn set(line: Vec<u8>, max_age: Option<u32>) -> Outcome {
    Outcome::Set {
        line: line.into(),
        max_age,
    }
}

/// From and to how many seconds.
#[derive(Clone, Copy)]
struct Range {
    shortest: u32,
    longest: u32,
}

impl Range {
    /// A lifetime of nothing is no lifetime but a word, and stays.
    fn clamp(self, seconds: u32) -> u32 {
        if seconds == 0 {
            0
        } else {
            seconds.clamp(self.shortest, self.longest)
        }
    }
}

/// For how long a field lets caches use a response, in seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Lifetimes {
    max_age: Option<u32>,
    s_maxage: Option<u32>,
    stale_while_revalidate: Option<u32>,
    stale_if_error: Option<u32>,
}

impl Lifetimes {
    fn of(said: &Directives) -> Self {
        Self {
            max_age: said.max_age,
            s_maxage: said.s_maxage,
            stale_while_revalidate: said.stale_while_revalidate,
            stale_if_error: said.stale_if_error,
        }
    }

    fn within(&self, range: Range, syntax: Syntax) -> Self {
        let fresh = |seconds: Option<u32>| seconds.map(|seconds| range.clamp(seconds));
        let (max_age, s_maxage) = (fresh(self.max_age), fresh(self.s_maxage));
        let longest_stale = match syntax {
            // Both parts of `max-age=600+30` are one lifetime.
            Syntax::Surrogate => range.longest.saturating_sub(max_age.unwrap_or(0)),
            Syntax::CacheControl | Syntax::Targeted => range.longest,
        };
        let stale = |seconds: Option<u32>| seconds.map(|seconds| seconds.min(longest_stale));
        Self {
            max_age,
            s_maxage,
            stale_while_revalidate: stale(self.stale_while_revalidate),
            stale_if_error: stale(self.stale_if_error),
        }
    }

    fn write(&self, line: &mut Vec<u8>, guarded: bool) {
        let mut push = |name: &str, seconds: Option<u32>| {
            if let Some(seconds) = seconds {
                push_directive(line, name.as_bytes(), Some(seconds.to_string().as_bytes()));
            }
        };
        push("max-age", self.max_age);
        push("s-maxage", self.s_maxage.filter(|_| !guarded));
        push(
            "stale-while-revalidate",
            self.stale_while_revalidate.filter(|seconds| *seconds > 0),
        );
        push(
            "stale-if-error",
            self.stale_if_error.filter(|seconds| *seconds > 0),
        );
    }
}

/// The Surrogate-Control field with other lifetimes, in one directive where they stood in one.
fn surrogate_line(response: &Headers, capped: &Lifetimes) -> Vec<u8> {
    let mut field = CacheControl::parse_surrogate(response.all("surrogate-control"));
    let adds_up = field.adds_up();
    field.drop_malformed();
    field.retain(|member| !member.directive.is_some_and(Directive::takes_seconds));
    let mut line = field.to_bytes();
    match (capped.max_age, capped.stale_while_revalidate) {
        (Some(fresh), Some(stale)) if stale > 0 && adds_up => {
            let both = [fresh.to_string(), stale.to_string()].join("+");
            push_directive(&mut line, b"max-age", Some(both.as_bytes()));
        }
        _ => capped.write(&mut line, false),
    }
    line
}

/// What of Cache-Control a targeted field must repeat, since caches that read it read nothing else.
fn carried_over(said: &Directives, capped: &Lifetimes) -> Vec<u8> {
    let mut line = Vec::new();
    capped.write(&mut line, false);
    if said.must_revalidate || said.proxy_revalidate {
        push_directive(&mut line, b"must-revalidate", None);
    }
    line
}

/// Holds the fields that outrank Cache-Control to its longest lifetime, where no policy of their own does: whoever heeds
/// them must not keep the response longer than whom Cache-Control is for. `is_own` says which have one.
pub(crate) fn cap_outranking(
    longest: u32,
    origin: &Origin<'_>,
    is_own: impl Fn(&str) -> bool,
) -> HeaderMutation {
    let mut edits = HeaderMutation::default();
    for (name, value) in origin.response.named(&outranks_cache_control) {
        if is_own(name) {
            continue;
        }
        let outcome = match name {
            "x-accel-expires" | "x-reverse-proxy-ttl" => match delta_seconds(value) {
                Some(seconds) if seconds <= longest => Outcome::Kept,
                Some(_) => set(longest.to_string().into_bytes(), None),
                None => Outcome::Removed,
            },
            // In syntaxes of their own.
            "edge-control" | "cf-edge-cache" | "x-html-edge-cache"
                if !matches!(value, b"no-store" | b"no-cache") =>
            {
                Outcome::Removed
            }
            _ if origin.read(name).is_none() => Outcome::Kept,
            _ => cap(name, (0, longest), origin, Exposure::Shared),
        };
        match outcome {
            Outcome::Set { line, .. } => edits = edits.set(name.to_owned(), line),
            Outcome::Removed => edits = edits.remove(name.to_owned()),
            Outcome::Kept | Outcome::Withheld => {}
        }
    }
    edits
}
