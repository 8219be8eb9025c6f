use http_filter::{Attribute, Conflict, Hash, Host, Scheme, Shared, SharedMap, Version};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    fmt,
    time::Duration,
};

/// A host without a proxy: a clock to set, properties to give, shared data with Envoy's semantics, counters to read.
pub struct SimulatedHost {
    now: Cell<Duration>,
    seed: Cell<u64>,
    properties: RefCell<BTreeMap<String, Vec<u8>>>,
    shared: RefCell<SharedMap>,
    conflicts: Cell<u32>,
    counters: RefCell<BTreeMap<String, u64>>,
    verify: RefCell<Option<Box<Verify>>>,
    verify_by: RefCell<Option<Box<VerifyBy>>>,
    calls: Cell<u64>,
    scope: RefCell<String>,
    reasons: RefCell<Vec<Reason>>,
}

/// Why a filter decided as it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What was looked at: `rule`, `token`, `quota`, ….
    pub topic: &'static str,
    /// What was made of it.
    pub text: String,
}

type Verify = dyn Fn(Hash, &[u8], &[u8], &[u8]) -> bool;
type VerifyBy = dyn Fn(Scheme, &[u8], &[u8], &[u8]) -> bool;

impl Default for SimulatedHost {
    fn default() -> Self {
        Self {
            now: Cell::new(Duration::from_secs(1_800_000_000)),
            seed: Cell::new(0x9e37_79b9_7f4a_7c15),
            properties: RefCell::default(),
            shared: RefCell::default(),
            conflicts: Cell::new(0),
            counters: RefCell::default(),
            verify: RefCell::default(),
            verify_by: RefCell::default(),
            calls: Cell::new(0),
            scope: RefCell::default(),
            reasons: RefCell::default(),
        }
    }
}

impl SimulatedHost {
    /// Sets the clock, as time since the Unix epoch.
    pub fn set_now(&self, now: Duration) {
        self.now.set(now);
    }

    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        self.now.set(self.now.get() + by);
    }

    /// Gives the property at the dotted path `path`.
    pub fn set_property(&self, path: &str, value: impl Into<Vec<u8>>) {
        self.properties.borrow_mut().insert(path.to_owned(), value.into());
    }

    /// Takes every property away.
    pub fn clear_properties(&self) {
        self.properties.borrow_mut().clear();
    }

    /// Has another worker be faster at the next `times` writes of shared data.
    pub fn conflict(&self, times: u32) {
        self.conflicts.set(times);
    }

    /// Offers signature verification.
    pub fn offer_verification(&self, verify: impl Fn(Hash, &[u8], &[u8], &[u8]) -> bool + 'static) {
        *self.verify.borrow_mut() = Some(Box::new(verify));
    }

    /// Offers further schemes, as a native host does.
    pub fn offer_schemes(&self, verify: impl Fn(Scheme, &[u8], &[u8], &[u8]) -> bool + 'static) {
        *self.verify_by.borrow_mut() = Some(Box::new(verify));
    }

    /// The counter `name`.
    pub fn counter(&self, name: &str) -> u64 {
        self.counters.borrow().get(name).copied().unwrap_or_default()
    }

    /// All counters that ever counted.
    pub fn counters(&self) -> BTreeMap<String, u64> {
        self.counters.borrow().clone()
    }

    /// The keys of shared data: they are never deleted, so their number is memory.
    pub fn shared_keys(&self) -> Vec<String> {
        self.shared.borrow().keys().map(str::to_owned).collect()
    }

    /// How many host calls were made: what a filter costs (clock and counters aside).
    pub fn host_calls(&self) -> u64 {
        self.calls.get()
    }

    /// Has counters begin with `scope` from now on: several filters may count by one name.
    pub(crate) fn set_scope(&self, scope: &str) {
        scope.clone_into(&mut self.scope.borrow_mut());
    }

    /// Takes the reasons that were given since this was asked last.
    pub fn take_reasons(&self) -> Vec<Reason> {
        self.reasons.take()
    }

    fn called(&self) {
        self.calls.set(self.calls.get() + 1);
    }
}

impl Host for SimulatedHost {
    fn now(&self) -> Duration {
        self.now.get()
    }

    fn random(&self) -> u64 {
        // SplitMix64: the same numbers in every run.
        let seed = self.seed.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.seed.set(seed);
        let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn attribute(&self, attribute: Attribute<'_>) -> Option<Vec<u8>> {
        self.called();
        self.properties
            .borrow()
            .get(&attribute.path().join("."))
            .cloned()
            .filter(|value| !value.is_empty())
    }

    fn shared_data(&self, key: &str) -> Shared {
        self.called();
        self.shared.borrow().get(key)
    }

    fn set_shared_data(&self, key: &str, value: &[u8], version: Version) -> Result<(), Conflict> {
        self.called();
        if let Some(left) = self.conflicts.get().checked_sub(1) {
            self.conflicts.set(left);
            return Err(Conflict);
        }
        self.shared.borrow_mut().set(key, value, version)
    }

    fn verify_signature(&self, hash: Hash, key: &[u8], signature: &[u8], message: &[u8]) -> Option<bool> {
        self.called();
        self.verify
            .borrow()
            .as_ref()
            .map(|verify| verify(hash, key, signature, message))
    }

    fn verify_by(&self, scheme: Scheme, key: &[u8], signature: &[u8], message: &[u8]) -> Option<bool> {
        self.called();
        let verify = self.verify_by.borrow();
        verify
            .as_ref()
            .map(|verify| verify(scheme, key, signature, message))
    }

    fn count(&self, name: &str, by: u64) {
        let name = [self.scope.borrow().as_str(), name].concat();
        *self.counters.borrow_mut().entry(name).or_default() += by;
    }

    fn explain(&self, topic: &'static str, reason: fmt::Arguments<'_>) {
        let text = reason.to_string();
        self.reasons.borrow_mut().push(Reason { topic, text });
    }
}
