use crate::Attribute;
use std::time::Duration;

/// What a filter may ask of the proxy it runs in. What it wants *done* to a stream it returns as a value instead.
///
/// Two ways of writing are here since they touch no stream: shared data and counters.
pub trait Host {
    /// The time since the Unix epoch, to nanoseconds. It may jump, in both directions.
    fn now(&self) -> Duration;

    /// A random number, for jitter and percentages; not for keys.
    fn random(&self) -> u64;

    /// What the proxy knows of the stream, as text; `None` where it's missing, empty or unreadable.
    /// [`property`](crate::property) reads the usual attributes with their types.
    fn attribute(&self, attribute: Attribute<'_>) -> Option<Vec<u8>>;

    /// What Envoy's own configuration by route (`typed_per_filter_config`) says for `filter`, as JSON; `None` where it says
    /// nothing, or the host hands none over.
    fn route_config(&self, _filter: &'static str) -> Option<Vec<u8>> {
        None
    }

    /// Whether work outside requests may fall to this one: `false` for the workers of a process whose main thread does it all.
    fn leads(&self) -> bool {
        true
    }

    /// The value stored under `key` for all workers of the process, and the version to name when it is replaced.
    /// Prefix every key with the filter's name: in Istio all plugins share one name space.
    fn shared_data(&self, key: &str) -> Shared;

    /// Stores `value` under `key` if the stored version is still `version`. Never deleted again: bound your keys.
    ///
    /// # Errors
    /// [`Conflict`] when another worker was first; nothing is stored then.
    fn set_shared_data(&self, key: &str, value: &[u8], version: Version) -> Result<(), Conflict>;

    /// Verifies `signature` of `message` by `key` (SubjectPublicKeyInfo, DER) in the proxy's own code: RSASSA-PKCS1-v1_5,
    /// or ECDSA with a DER signature. `None` where the host does not offer it.
    fn verify_signature(&self, _hash: Hash, _key: &[u8], _signature: &[u8], _message: &[u8]) -> Option<bool> {
        None
    }

    /// As [`verify_signature`](Self::verify_signature), by a scheme that Envoy itself does not know.
    fn verify_by(&self, _scheme: Scheme, _key: &[u8], _signature: &[u8], _message: &[u8]) -> Option<bool> {
        None
    }

    /// Adds to the counter `<filter>.<name>`. Names come from code or configuration, never from a client: each new
    /// one lives as long as the process.
    fn count(&self, name: &str, by: u64);

    /// Adds to the counter `<filter>.<name>` of a filter that runs within the one that is asked.
    fn count_of(&self, _filter: &'static str, name: &str, by: u64) {
        self.count(name, by);
    }

    /// Takes a reason for a decision: what was looked at (`topic`: rule, token, quota, …) and what was made of it. Written
    /// by [`explain!`](crate::explain), never directly. It may hold what a client sent, so it's for the eyes of the
    /// person who asked, and never carries a token, a key or a cookie.
    #[cfg(feature = "explain")]
    fn explain(&self, _topic: &'static str, _reason: std::fmt::Arguments<'_>) {}
}

/// Whether this build says why (the feature `explain`): what only serves an explanation stands behind it, and isn't in the
/// modules.
pub const EXPLAINS: bool = cfg!(feature = "explain");

/// Says why, to a host that asks: `explain!(host, "rule", "rules[{number}] is the first that matches")`.
///
/// Without the feature `explain`, as in the modules, arguments are checked by the compiler and never evaluated.
#[cfg(feature = "explain")]
#[macro_export]
macro_rules! explain {
    ($host:expr, $topic:literal, $($reason:tt)+) => {
        $crate::Host::explain($host, $topic, ::core::format_args!($($reason)+))
    };
}

/// Says why, to a host that asks; nothing in this build.
#[cfg(not(feature = "explain"))]
#[macro_export]
macro_rules! explain {
    ($host:expr, $topic:literal, $($reason:tt)+) => {
        if false {
            let _ = ($host, ::core::format_args!($($reason)+));
        }
    };
}

/// A stored value and its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// The value; `None` where nothing was ever stored.
    pub value: Option<Vec<u8>>,
    /// The version to name in [`Host::set_shared_data`].
    pub version: Version,
}

impl Shared {
    /// Nothing was ever stored.
    pub const ABSENT: Self = Self {
        value: None,
        version: Version::Absent,
    };
}

/// Which stored value a new one replaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// None: the first writer wins.
    Absent,
    /// The one read with this number.
    Stored(u32),
    /// Whichever it is: the last writer wins. For what only the holder of a lease writes, and is too large to be read first.
    Any,
}

/// Another worker stored a value first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("another worker stored a value first")]
pub struct Conflict;

/// A hash function of [`Host::verify_signature`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// SHA-256.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// A signature scheme of [`Host::verify_by`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// RSASSA-PSS by this hash function, the salt as long as the hash (RFC 7518 §3.5).
    RsaPss(Hash),
    /// Ed25519 (RFC 8032 §5.1).
    Ed25519,
}

/// Replaces the value under `key` by what `change` makes of it, against other workers, in at most `attempts` rounds.
///
/// `change` gets the stored value and answers with a result and, if something is to be stored, the new value. It may
/// run several times, so it must not act otherwise.
///
/// # Errors
/// [`Conflict`] when other workers were faster every time; what that means is the caller's to say.
pub fn update<T>(
    host: &dyn Host,
    key: &str,
    attempts: u32,
    mut change: impl FnMut(Option<&[u8]>) -> (T, Option<Vec<u8>>),
) -> Result<T, Conflict> {
    for _ in 0..attempts {
        let shared = host.shared_data(key);
        let (result, value) = change(shared.value.as_deref());
        let Some(value) = value else { return Ok(result) };
        if host.set_shared_data(key, &value, shared.version).is_ok() {
            return Ok(result);
        }
    }
    Err(Conflict)
}

/// Takes the lease `key` for `term` if nobody holds it: of all workers and the main thread, which all tick, one does
/// the work. A holder that dies loses it when the term ends.
pub fn take_lease(host: &dyn Host, key: &str, term: Duration) -> bool {
    if !host.leads() {
        return false;
    }
    let now = host.now();
    let until = now.saturating_add(term).as_nanos().min(u128::from(u64::MAX)) as u64;
    update(host, key, 1, |held| {
        let expiry = held
            .and_then(|bytes| bytes.try_into().ok())
            .map_or(0, u64::from_le_bytes);
        // A clock that was set back must not lock everybody out for the difference.
        let held =
            now.as_nanos() < u128::from(expiry) && u128::from(expiry) <= now.saturating_add(term).as_nanos();
        (!held, (!held).then(|| until.to_le_bytes().to_vec()))
    })
    .unwrap_or(false)
}

/// Gives the lease `key` back before its term ends.
pub fn release_lease(host: &dyn Host, key: &str) {
    // When another worker has taken it meanwhile, it is no longer ours to give back.
    let _: Result<(), Conflict> = update(host, key, 1, |_| ((), Some(0u64.to_le_bytes().to_vec())));
}
