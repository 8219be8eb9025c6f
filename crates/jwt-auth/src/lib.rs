#![doc = include_str!("../README.md")]

mod challenge_error;
mod config;
mod counter;
pub mod document;
mod explanation;
mod filter;
mod fingerprint;
mod json;
mod keys;
mod possession;
mod refusal;
mod reply;
mod request;
mod token;

#[cfg(test)]
mod vector_tests;

pub use config::JwtAuth;
pub use document::Document;
pub use filter::Bearer;
pub use jwt_crypto::PROVIDER;
pub use keys::{
    algorithm::{Algorithm, UnknownAlgorithm},
    key::Key,
    key_problem::KeyProblem,
    key_set::KeySet,
};
pub use refusal::Refusal;
pub use token::jws::{Compact, Header};

use config::fetched::Fetched;
use counter::Counter;
use http_filter::{CallResponse, ConfigError, FilterConfig, Host, Settings, Tick};
use std::{rc::Rc, time::Duration};

impl FilterConfig for JwtAuth {
    const NAME: &'static str = "jwt-auth";
    const COUNTERS: &'static [&'static str] = Counter::NAMES;
    const WITHHELD: &'static str = "edge_filters.withheld.jwt_auth";
    type Document = Document;
    type Filter = Bearer;

    fn compile(document: Document) -> Result<Self, ConfigError> {
        Self::with(document, Fetched::default())
    }

    fn overridden(&self, document: Document) -> Result<Self, ConfigError> {
        let fetched = Fetched {
            key_sets: self.key_sets.clone(),
            deny_list: self.deny_list.clone(),
            budgets: Rc::clone(&self.budgets),
            closed: true,
        };
        Self::with(document, fetched)
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn new_filter(self: &Rc<Self>) -> Bearer {
        Bearer::new(Rc::clone(self))
    }

    fn first_tick(&self) -> Option<Duration> {
        // At once: keys are to be there before the first request. Not earlier: clusters may not be ready to be called.
        self.fetches().next().map(|_| Duration::from_millis(1))
    }

    fn on_tick(&self, host: &dyn Host) -> Tick {
        shared_fetch::tick(self.fetches(), host)
    }

    fn progress(&self, host: &dyn Host) -> u64 {
        // A question may wait for the time at which it may be asked, too.
        let askable = self
            .key_sets
            .iter()
            .map(|keys| u64::from(!keys.is_just_checked(host)));
        askable.fold(shared_fetch::progress(self.fetches(), host), |all, askable| {
            all.wrapping_mul(2).wrapping_add(askable)
        })
    }

    fn on_call_response(&self, token: u32, response: CallResponse, host: &dyn Host) -> Option<Duration> {
        shared_fetch::respond(self.fetches(), token, response, host)
    }
}
