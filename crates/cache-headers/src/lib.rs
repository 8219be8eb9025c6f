#![doc = include_str!("../README.md")]

mod config;
mod counter;
pub mod document;
mod explanation;
mod filter;
mod request;
mod response;

pub use config::CacheHeaders;
pub use document::{Document, preset::Preset, template::Template};
pub use filter::CacheFilter;
pub use response::{
    cache_status::{CacheStatus, Forward},
    conditional::{self, Condition},
    freshness::{Cache, Freshness},
    validators,
};

use counter::Counter;
use http_filter::{ConfigError, FilterConfig, Settings};
use std::rc::Rc;

impl FilterConfig for CacheHeaders {
    const NAME: &'static str = "cache-headers";
    const COUNTERS: &'static [&'static str] = Counter::NAMES;
    const WITHHELD: &'static str = "edge_filters.withheld.cache_headers";
    type Document = Document;
    type Filter = CacheFilter;

    fn compile(document: Document) -> Result<Self, ConfigError> {
        Self::compile(document)
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn new_filter(self: &Rc<Self>) -> CacheFilter {
        CacheFilter::new(Rc::clone(self))
    }
}
