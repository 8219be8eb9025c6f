#![doc = include_str!("../README.md")]

mod accept_encoding;
mod breach;
mod budget;
mod coded;
mod coding;
pub mod config;
mod content_type;
mod counters;
#[cfg(feature = "all-codings")]
pub mod dictionary;
pub mod dictionary_document;
mod encode;
pub mod encode_config;
mod encoder;
mod encoding;
pub mod etag;
mod explanation;
mod filter;
mod plain;
mod policy;
mod precompressed;
mod request;
mod response;

pub use accept_encoding::{AcceptEncoding, Choice};
pub use breach::BreachGuard;
pub use coding::Coding;
pub use config::Document;
pub use content_type::DEFAULT_CONTENT_TYPES;
pub use encoder::{ENCODABLE, Encoder, EncoderFailed};
pub use etag::EtagPolicy;
pub use filter::Negotiation;

use encode::EncodeSettings;
use http_fields::{MediaRange, StatusPattern};
use http_filter::{ConfigError, FieldName, FilterConfig, Settings, document::Text};
use policy::{Policies, Policy};
use precompressed::Known;
use std::{cell::RefCell, rc::Rc};

/// The filter's configuration, compiled.
#[derive(Debug)]
pub struct CompressionNegotiation {
    settings: Settings,
    policies: Policies,
    content_types: Vec<MediaRange>,
    statuses: Vec<StatusPattern>,
    min_length: u64,
    debug_header: Option<FieldName>,
    encode: Option<EncodeSettings>,
    /// What is known of encoded files.
    known: Rc<RefCell<Known>>,
    #[cfg(feature = "all-codings")]
    dictionaries: Option<dictionary::Dictionaries>,
}

impl CompressionNegotiation {
    /// What this filter itself would encode for such a client.
    fn own_coding(&self, accept: &AcceptEncoding, policy: &Policy) -> Coding {
        match self.encode {
            Some(_) => encode::best_encodable(&policy.prefer, policy, accept).unwrap_or(Coding::Identity),
            None => Coding::Identity,
        }
    }

    /// Compiles a document, sharing with the configuration that it overrides what outlives a request.
    fn build(mut document: Document, plugin: Option<&Self>) -> Result<Self, ConfigError> {
        #[cfg(feature = "all-codings")]
        let dictionaries = Self::dictionaries(&mut document, plugin)?;
        let shared = plugin.and_then(|plugin| plugin.encode.as_ref());
        let policies = Policies::compile(&mut document)?;
        let content_types = match document.content_types {
            Some(types) if types.is_empty() => {
                return Err(ConfigError::new(
                    "content_types",
                    "an empty list",
                    "at least one media type",
                ));
            }
            Some(types) => types.0,
            None => DEFAULT_CONTENT_TYPES
                .iter()
                .filter_map(|text| Text::parse(text))
                .collect(),
        };
        let statuses = match document.statuses {
            Some(statuses) if statuses.is_empty() => {
                return Err(ConfigError::new(
                    "statuses",
                    "an empty list",
                    "at least one status",
                ));
            }
            Some(statuses) => {
                if statuses.iter().any(|pattern| !pattern.is_final()) {
                    let expected = "statuses from 200 on";
                    return Err(ConfigError::new("statuses", "a status below 200", expected));
                }
                statuses.0
            }
            None => vec![StatusPattern::FINAL],
        };
        Ok(Self {
            settings: Settings {
                mode: document.mode,
                per_route: document.per_route,
                ..Settings::default()
            },
            policies,
            content_types,
            statuses,
            min_length: document
                .min_length
                .map_or(DEFAULT_MIN_LENGTH, http_filter::ByteSize::bytes),
            debug_header: document.debug_header,
            encode: document
                .encode
                .0
                .map(|encode| EncodeSettings::compile(encode, shared.map(|encode| encode.budget.clone())))
                .transpose()?,
            known: plugin.map(|plugin| Rc::clone(&plugin.known)).unwrap_or_default(),
            #[cfg(feature = "all-codings")]
            dictionaries,
        })
    }
}

#[cfg(feature = "all-codings")]
impl CompressionNegotiation {
    fn dictionaries(
        document: &mut Document,
        plugin: Option<&Self>,
    ) -> Result<Option<dictionary::Dictionaries>, ConfigError> {
        let Some(dictionaries) = document.dictionaries.0.take() else {
            return Ok(None);
        };
        if document.encode.0.is_none() {
            let expected = "encode: true, since nobody else encodes with them";
            return Err(ConfigError::new(
                "dictionaries",
                "dictionaries without an encoder",
                expected,
            ));
        }
        let shared = plugin.and_then(|plugin| plugin.dictionaries.as_ref());
        dictionary::Dictionaries::compile(dictionaries, shared).map(Some)
    }
}

impl FilterConfig for CompressionNegotiation {
    const NAME: &'static str = "compression-negotiation";
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

const DEFAULT_MIN_LENGTH: u64 = 1024;
