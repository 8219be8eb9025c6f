use crate::{
    attributes,
    counters::{Counters, Counting},
    route_override::RouteOverride,
    shared_data::SharedData,
    verify,
};
use envoy_dynamic_module_abi::{Configuration, Stream};
use http_filter::{Attribute, Conflict, Hash, Host, Scheme, Shared, Version};
use std::{
    borrow::Cow,
    cell::Cell,
    hash::{BuildHasher, RandomState},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// The proxy, as long as one hook runs.
pub(crate) struct NativeHost<'a> {
    pub(crate) filter: &'static str,
    /// What keys of shared data begin with.
    pub(crate) name_space: &'a str,
    pub(crate) counters: &'a Counters,
    pub(crate) counting: Counting<'a>,
    /// What the stream's route says.
    pub(crate) route: Option<&'a RouteOverride>,
    /// The time, once somebody has asked for it.
    pub(crate) now: Cell<Option<Duration>>,
}

impl<'a> NativeHost<'a> {
    fn stream(&self) -> Option<&'a Stream<'a>> {
        match self.counting {
            Counting::Stream(stream) => Some(stream),
            Counting::Configuration(_) => None,
        }
    }

    fn key<'k>(&self, key: &'k str) -> Cow<'k, str> {
        if self.name_space.is_empty() {
            Cow::Borrowed(key)
        } else {
            Cow::Owned([self.name_space, "@", key].concat())
        }
    }
}

impl<'a> NativeHost<'a> {
    /// The host of a configuration, outside any stream.
    pub(crate) fn of_configuration(
        filter: &'static str,
        name_space: &'a str,
        counters: &'a Counters,
        configuration: &'a Configuration<'a>,
    ) -> Self {
        Self {
            filter,
            name_space,
            counters,
            counting: Counting::Configuration(configuration),
            route: None,
            now: Cell::new(None),
        }
    }
}

impl Host for NativeHost<'_> {
    fn now(&self) -> Duration {
        let now = self.now.get().unwrap_or_else(now);
        self.now.set(Some(now));
        now
    }

    fn random(&self) -> u64 {
        // SplitMix64 over a seed from the system's entropy: one draw a thread, not one a request.
        let seed = SEED
            .get()
            .unwrap_or_else(|| RandomState::new().hash_one(0u8))
            .wrapping_add(0x9e37_79b9_7f4a_7c15);
        SEED.set(Some(seed));
        let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn attribute(&self, attribute: Attribute<'_>) -> Option<Vec<u8>> {
        attributes::read(self.stream()?, attribute).filter(|value| !value.is_empty())
    }

    fn route_config(&self, filter: &'static str) -> Option<Vec<u8>> {
        self.route?.of(filter).map(<[u8]>::to_vec)
    }

    fn leads(&self) -> bool {
        // What a worker began would wait for the worker's next request.
        matches!(self.counting, Counting::Configuration(_))
    }

    fn shared_data(&self, key: &str) -> Shared {
        SharedData::of_process().get(&self.key(key))
    }

    fn set_shared_data(&self, key: &str, value: &[u8], version: Version) -> Result<(), Conflict> {
        SharedData::of_process().set(&self.key(key), value, version)
    }

    fn verify_signature(&self, hash: Hash, key: &[u8], signature: &[u8], message: &[u8]) -> Option<bool> {
        verify::verify_signature(hash, key, signature, message)
    }

    fn verify_by(&self, scheme: Scheme, key: &[u8], signature: &[u8], message: &[u8]) -> Option<bool> {
        verify::verify_by(scheme, key, signature, message)
    }

    fn count(&self, name: &str, by: u64) {
        self.count_of(self.filter, name, by);
    }

    fn count_of(&self, filter: &'static str, name: &str, by: u64) {
        self.counters.add(self.counting, filter, name, by);
    }
}

/// The time since the Unix epoch.
#[allow(clippy::disallowed_methods, reason = "this is where `Host::now` gets it from")]
pub(crate) fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

thread_local! {
    static SEED: Cell<Option<u64>> = const { Cell::new(None) };
}
