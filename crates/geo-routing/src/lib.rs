#![doc = include_str!("../README.md")]

mod config;
mod counter;
mod document;
mod explanation;
mod filter;
mod reply;
mod request;
mod response;

pub use config::GeoRouting;
pub use document::{Document, preset::country_header};
pub use filter::GeoFilter;

use config::database::Slots;
use counter::Counter;
use http_filter::{CallResponse, ConfigError, FilterConfig, Host, Settings, Tick};
use std::{rc::Rc, time::Duration};

impl FilterConfig for GeoRouting {
    const NAME: &'static str = "geo-routing";
    const COUNTERS: &'static [&'static str] = Counter::NAMES;
    const WITHHELD: &'static str = "edge_filters.withheld.geo_routing";
    type Document = Document;
    type Filter = GeoFilter;

    fn compile(document: Document) -> Result<Self, ConfigError> {
        config::compile(document, Slots::default())
    }

    fn overridden(&self, document: Document) -> Result<Self, ConfigError> {
        config::compile(document, Slots::inheriting(&self.databases))
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn name_counters(&self, name: &mut dyn FnMut(&'static str, &str)) {
        let rules = self.rules.iter().filter_map(|rule| rule.counter.as_ref());
        for counter in rules.chain(self.regions.counters()) {
            name(Self::NAME, counter);
        }
    }

    fn new_filter(self: &Rc<Self>) -> GeoFilter {
        GeoFilter::new(Rc::clone(self))
    }

    fn first_tick(&self) -> Option<Duration> {
        self.fetches().next().map(|_| Duration::from_millis(10))
    }

    fn on_tick(&self, host: &dyn Host) -> Tick {
        shared_fetch::tick(self.fetches(), host)
    }

    fn on_call_response(&self, token: u32, response: CallResponse, host: &dyn Host) -> Option<Duration> {
        shared_fetch::respond(self.fetches(), token, response, host)
    }
}
