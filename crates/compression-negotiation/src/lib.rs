#![doc = include_str!("../README.md")]

mod accept_encoding;
mod coding;
mod config;
mod counter;
#[cfg(feature = "all-codings")]
pub mod dictionary;
pub mod document;
mod encoder;
mod exchange;
mod explanation;
mod filter;
mod precompressed;
mod reply;
mod request;
mod response;

pub use accept_encoding::{AcceptEncoding, Choice};
pub use coding::Coding;
pub use config::{CompressionNegotiation, content_type::DEFAULT_CONTENT_TYPES};
pub use document::{Document, breach::BreachGuard, etag::EtagPolicy};
pub use encoder::{ENCODABLE, Encoder, failed::EncoderFailed};
pub use filter::Negotiation;

use counter::Counter;
use http_filter::{ConfigError, FilterConfig, Settings};
use std::rc::Rc;

impl FilterConfig for CompressionNegotiation {
    const NAME: &'static str = "compression-negotiation";
    const COUNTERS: &'static [&'static str] = Counter::NAMES;
    const WITHHELD: &'static str = "edge_filters.withheld.compression_negotiation";
    /// A wrong coding is a slow page; a closed route is none.
    const FAIL_CLOSED: bool = false;
    type Document = Document;
    type Filter = Negotiation;

    fn compile(document: Document) -> Result<Self, ConfigError> {
        Self::build(document, None)
    }

    fn overridden(&self, document: Document) -> Result<Self, ConfigError> {
        Self::build(document, Some(self))
    }

    fn settings(&self) -> &Settings {
        &self.settings
    }

    fn new_filter(self: &Rc<Self>) -> Negotiation {
        Negotiation::new(Rc::clone(self))
    }
}
