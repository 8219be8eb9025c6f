use crate::{decimal, list};

/// What a caching field says, whichever syntax it says it in (RFC 9111 §5.2.2, RFC 5861, RFC 8246).
///
/// Where a directive occurs twice the stricter reading holds, and a lifetime that is no number of seconds is zero, so
/// that what can't be understood is stale (RFC 9111 §4.2.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directives {
    /// `max-age`, in seconds.
    pub max_age: Option<u32>,
    /// `s-maxage`, in seconds.
    pub s_maxage: Option<u32>,
    /// `stale-while-revalidate`, in seconds.
    pub stale_while_revalidate: Option<u32>,
    /// `stale-if-error`, in seconds.
    pub stale_if_error: Option<u32>,
    /// `no-cache`.
    pub no_cache: Scope,
    /// `private`.
    pub private: Scope,
    /// `no-store`.
    pub no_store: bool,
    /// `public`.
    pub public: bool,
    /// `must-revalidate`.
    pub must_revalidate: bool,
    /// `proxy-revalidate`.
    pub proxy_revalidate: bool,
    /// `must-understand`.
    pub must_understand: bool,
    /// `no-transform`.
    pub no_transform: bool,
    /// `immutable`.
    pub immutable: bool,
}

/// How much of a response `no-cache` or `private` is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// Nothing: the directive is absent.
    #[default]
    Nothing,
    /// The fields that it lists.
    Fields,
    /// All of it.
    Response,
}

/// The argument of a directive, as its syntax has it.
pub(crate) enum Argument<'a> {
    /// None, or in a Structured Field the value true.
    Absent,
    /// A number of seconds; negative ones among it.
    Seconds(i64),
    /// A token or a quoted string, quotes included.
    Text(&'a [u8]),
}

impl Directives {
    /// Takes up a directive.
    pub(crate) fn add(&mut self, directive: Directive, argument: &Argument<'_>) {
        let least = |seconds: &mut Option<u32>| {
            let value = argument.seconds();
            *seconds = Some(seconds.map_or(value, |earlier| earlier.min(value)));
        };
        match directive {
            Directive::MaxAge => least(&mut self.max_age),
            Directive::SMaxage => least(&mut self.s_maxage),
            Directive::StaleWhileRevalidate => least(&mut self.stale_while_revalidate),
            Directive::StaleIfError => least(&mut self.stale_if_error),
            Directive::NoCache => self.no_cache = self.no_cache.max(argument.scope()),
            Directive::Private => self.private = self.private.max(argument.scope()),
            Directive::NoStore => self.no_store = true,
            Directive::Public => self.public = true,
            Directive::MustRevalidate => self.must_revalidate = true,
            Directive::ProxyRevalidate => self.proxy_revalidate = true,
            Directive::MustUnderstand => self.must_understand = true,
            Directive::NoTransform => self.no_transform = true,
            Directive::Immutable => self.immutable = true,
        }
    }

    /// Takes up the restrictions in a text that is no directive: every word of it that is the name of one, and every
    /// lifetime. What such a text would open stays closed.
    pub(crate) fn add_restrictions_of(&mut self, text: &[u8]) {
        for piece in text.split(|byte| !is_of_piece(*byte)) {
            let mut sides = piece.splitn(2, |byte| *byte == b'=');
            let name = sides.next().unwrap_or_default();
            match (Directive::find(name), sides.next()) {
                (Some(Directive::NoStore), _) => self.no_store = true,
                (Some(Directive::NoCache), _) => self.no_cache = Scope::Response,
                (Some(Directive::Private), _) => self.private = Scope::Response,
                (Some(Directive::NoTransform), _) => self.no_transform = true,
                (Some(lifetime), Some(seconds)) if lifetime.takes_seconds() => {
                    self.add(lifetime, &Argument::Text(seconds));
                }
                _ => {}
            }
        }
    }

    /// The lifetime for a shared cache, where one is stated.
    pub fn shared_lifetime(&self) -> Option<u32> {
        self.s_maxage.or(self.max_age)
    }

    /// Whether a shared cache is invited, over what the request's Authorization field would forbid (RFC 9111 §3.5).
    pub fn opens_to_shared(&self) -> bool {
        self.public || self.s_maxage.is_some() || self.must_revalidate
    }

    /// Whether a shared cache must ask the origin before each use: by `no-cache`, or by a lifetime of nothing.
    pub fn must_be_asked_for(&self) -> bool {
        self.no_cache == Scope::Response || self.shared_lifetime() == Some(0)
    }
}

/// Whether a byte may be part of a directive's name, or stand between it and its number.
fn is_of_piece(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'=')
}

impl Argument<'_> {
    fn seconds(&self) -> u32 {
        match self {
            Self::Seconds(seconds) => u32::try_from((*seconds).max(0))
                .unwrap_or(MAX_DELTA)
                .min(MAX_DELTA),
            // A quoted number is what some senders write, and RFC 9111 §5.2 wants it read.
            Self::Text(text) => delta_seconds(&list::unquote(text)).unwrap_or(0),
            Self::Absent => 0,
        }
    }

    fn scope(&self) -> Scope {
        match self {
            Self::Text(text) if list::members(&list::unquote(text)).next().is_some() => Scope::Fields,
            _ => Scope::Response,
        }
    }
}

/// A number of seconds (RFC 9111 §1.2.2): digits only, and 2^31 for whatever is larger.
pub fn delta_seconds(text: &[u8]) -> Option<u32> {
    decimal(text).map(|seconds| u32::try_from(seconds).unwrap_or(MAX_DELTA).min(MAX_DELTA))
}

/// The largest number of seconds that means anything (RFC 9111 §1.2.2).
pub const MAX_DELTA: u32 = 1 << 31;

/// The directives of responses that caches know (RFC 9111 §5.2.2, RFC 5861, RFC 8246).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Directive {
    /// `public`
    Public,
    /// `private`
    Private,
    /// `no-store`
    NoStore,
    /// `no-cache`
    NoCache,
    /// `max-age`
    MaxAge,
    /// `s-maxage`
    SMaxage,
    /// `must-revalidate`
    MustRevalidate,
    /// `proxy-revalidate`
    ProxyRevalidate,
    /// `must-understand`
    MustUnderstand,
    /// `no-transform`
    NoTransform,
    /// `immutable`
    Immutable,
    /// `stale-while-revalidate`
    StaleWhileRevalidate,
    /// `stale-if-error`
    StaleIfError,
}

impl Directive {
    /// All of them by their names, in the order in which they are written.
    pub const ALL: [(&'static str, Self); 13] = [
        ("public", Self::Public),
        ("private", Self::Private),
        ("no-store", Self::NoStore),
        ("no-cache", Self::NoCache),
        ("max-age", Self::MaxAge),
        ("s-maxage", Self::SMaxage),
        ("must-revalidate", Self::MustRevalidate),
        ("proxy-revalidate", Self::ProxyRevalidate),
        ("must-understand", Self::MustUnderstand),
        ("no-transform", Self::NoTransform),
        ("immutable", Self::Immutable),
        ("stale-while-revalidate", Self::StaleWhileRevalidate),
        ("stale-if-error", Self::StaleIfError),
    ];

    /// Whether its argument is a number of seconds.
    pub fn takes_seconds(self) -> bool {
        matches!(
            self,
            Self::MaxAge | Self::SMaxage | Self::StaleWhileRevalidate | Self::StaleIfError
        )
    }

    /// Whether it invites shared caches, and no others.
    pub fn is_for_shared(self) -> bool {
        matches!(self, Self::Public | Self::SMaxage | Self::ProxyRevalidate)
    }

    /// The directive `name`, in any case.
    pub fn find(name: &[u8]) -> Option<Self> {
        let mut all = Self::ALL.iter();
        // Most differ in their length: that is told without a call.
        let (_, directive) =
            all.find(|(known, _)| known.len() == name.len() && name.eq_ignore_ascii_case(known.as_bytes()))?;
        Some(*directive)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_digits_up_to_two_to_the_31() {
        for (text, expected) in [
            ("0", Some(0)),
            ("003600", Some(3600)),
            ("2147483647", Some(2_147_483_647)),
            ("2147483648", Some(MAX_DELTA)),
            ("99999999999999999999999999", Some(MAX_DELTA)),
            ("", None),
            ("-1", None),
            ("1.0", None),
            ("1 ", None),
            ("+1", None),
            ("0x10", None),
        ] {
            assert_eq!(delta_seconds(text.as_bytes()), expected, "{text:?}");
        }
    }
}
