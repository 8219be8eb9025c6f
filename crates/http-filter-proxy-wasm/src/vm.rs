use crate::{counters, verify};
use http_filter::{Attribute, Conflict, Hash, Host, Shared, Version};
use proxy_wasm::hostcalls;
use std::{
    cell::Cell,
    hash::{BuildHasher, RandomState},
    time::{Duration, UNIX_EPOCH},
};

/// The proxy, through its host calls. `prefix` is the filter's name as counters carry it.
pub(crate) struct Vm {
    pub(crate) prefix: &'static str,
}

impl Host for Vm {
    fn now(&self) -> Duration {
        hostcalls::get_current_time()
            .ok()
            .and_then(|now| now.duration_since(UNIX_EPOCH).ok())
            .unwrap_or_default()
    }

    fn random(&self) -> u64 {
        // SplitMix64 over a seed from the host's entropy: one draw a VM, not one a request.
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
        // A null leaf is a serialisation failure to Envoy; to a filter it's absent.
        hostcalls::get_property(attribute.path()).ok().flatten()
    }

    fn shared_data(&self, key: &str) -> Shared {
        let (value, version) = hostcalls::get_shared_data(key).unwrap_or_default();
        let version = version.map_or(Version::Absent, Version::Stored);
        // An empty value comes as none; the version tells that there is one.
        let value = value.or_else(|| (version != Version::Absent).then(Vec::new));
        Shared { value, version }
    }

    fn set_shared_data(&self, key: &str, value: &[u8], version: Version) -> Result<(), Conflict> {
        let version = match version {
            Version::Stored(version) => version,
            // Envoy ignores the version of a key that does not exist and compares it when it does. Version 0 would
            // overwrite what another worker has just created; no value ever has this one.
            Version::Absent => NEVER,
            Version::Any => 0,
        };
        hostcalls::set_shared_data(key, Some(value), Some(version)).map_err(|_| Conflict)
    }

    fn verify_signature(&self, hash: Hash, key: &[u8], signature: &[u8], message: &[u8]) -> Option<bool> {
        verify::verify_signature(hash, key, signature, message)
    }

    fn count(&self, name: &str, by: u64) {
        counters::add(self.prefix, name, by);
    }

    fn count_of(&self, filter: &'static str, name: &str, by: u64) {
        counters::add(filter, name, by);
    }
}

/// Versions begin at 1 and count all writes of the process: this one is four thousand million writes away.
const NEVER: u32 = u32::MAX;

thread_local! {
    static SEED: Cell<Option<u64>> = const { Cell::new(None) };
}
