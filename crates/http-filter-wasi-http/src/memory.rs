//! What a filter may ask of the component that it runs in.

use http_filter::{Attribute, Bytes, Conflict, Host, Shared, SharedMap, Version};
use std::{cell::RefCell, collections::BTreeMap, time::Duration};

/// The time and chance of a host.
pub trait Clock {
    /// The time since the Unix epoch.
    fn now(&self) -> Duration;

    /// A random number.
    fn random(&self) -> u64;
}

/// A [`Host`] by what a component has: a clock, and its own memory, which ends with the instance.
pub struct Memory<C> {
    clock: C,
    shared: RefCell<SharedMap>,
    published: RefCell<BTreeMap<&'static str, Bytes>>,
    counters: RefCell<BTreeMap<String, u64>>,
}

impl<C: Clock> Memory<C> {
    /// An empty one.
    pub fn new(clock: C) -> Self {
        Self {
            clock,
            shared: RefCell::default(),
            published: RefCell::default(),
            counters: RefCell::default(),
        }
    }

    /// How often each event has happened since the instance began.
    pub fn counters(&self) -> BTreeMap<String, u64> {
        self.counters.borrow().clone()
    }

    /// What filters have published about the request at hand.
    pub fn published(&self) -> BTreeMap<&'static str, Bytes> {
        self.published.borrow().clone()
    }

    /// Another request begins.
    pub fn forget_request(&self) {
        self.published.borrow_mut().clear();
    }

    /// The clock.
    pub fn clock(&self) -> &C {
        &self.clock
    }
}

/// A host to which filters' properties can be told.
pub(crate) trait Publisher {
    fn publish(&self, name: &'static str, value: Bytes);
}

impl<C> Publisher for Memory<C> {
    fn publish(&self, name: &'static str, value: Bytes) {
        self.published.borrow_mut().insert(name, value);
    }
}

impl<C: Clock> Host for Memory<C> {
    fn now(&self) -> Duration {
        self.clock.now()
    }

    fn random(&self) -> u64 {
        self.clock.random()
    }

    fn attribute(&self, attribute: Attribute<'_>) -> Option<Vec<u8>> {
        match attribute {
            Attribute::Published(name) => {
                let published = self.published.borrow();
                published
                    .get(name)
                    .map(|value| value.to_vec())
                    .filter(|value| !value.is_empty())
            }
            _ => None,
        }
    }

    fn shared_data(&self, key: &str) -> Shared {
        self.shared.borrow().get(key)
    }

    fn set_shared_data(&self, key: &str, value: &[u8], version: Version) -> Result<(), Conflict> {
        self.shared.borrow_mut().set(key, value, version)
    }

    fn count(&self, name: &str, by: u64) {
        *self.counters.borrow_mut().entry(name.to_owned()).or_default() += by;
    }
}
