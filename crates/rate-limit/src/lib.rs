#![doc = include_str!("../README.md")]

mod account;
mod config;
mod counter;
mod demands;
mod document;
mod explanation;
mod fields;
mod filter;
mod key;
mod quota;
mod reply;
pub mod service;

pub use config::RateLimit;
pub use document::Document;
pub use filter::Limiter;
pub use quota::{gcra, set};

use counter::Counter;
use http_filter::{ConfigError, FilterConfig, Host, RENEW, Settings, Tick};
use std::{rc::Rc, time::Duration};

impl FilterConfig for RateLimit {
    const NAME: &'static str = "rate-limit";
    const COUNTERS: &'static [&'static str] = Counter::NAMES;
    const WITHHELD: &'static str = "edge_filters.withheld.rate_limit";
    /// An override that's no good leaves the plugin's own limits in force.
    const FAIL_CLOSED: bool = false;
    type Document = Document;
    type Filter = Limiter;

    fn compile(document: Document) -> Result<Self, ConfigError> {
        Self::with(document, Rc::default())
    }

    fn overridden(&self, document: Document) -> Result<Self, ConfigError> {
        Self::with(document, Rc::clone(&self.tables))
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn name_counters(&self, name: &mut dyn FnMut(&'static str, &str)) {
        for policy in &self.policies {
            for counter in policy.counters.all() {
                name(Self::NAME, counter);
            }
        }
    }

    fn new_filter(self: &Rc<Self>) -> Limiter {
        Limiter::new(Rc::clone(self))
    }

    fn first_tick(&self) -> Option<Duration> {
        Some(RENEW)
    }

    fn on_tick(&self, host: &dyn Host) -> Tick {
        self.tables.renew(host);
        Tick {
            next: Some(RENEW),
            ..Tick::default()
        }
    }
}
