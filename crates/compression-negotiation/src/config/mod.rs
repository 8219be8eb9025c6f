pub(crate) mod budget;
pub(crate) mod content_type;
pub(crate) mod encode;
pub(crate) mod levels;
pub(crate) mod own_coding;
pub(crate) mod policy;
pub(crate) mod precompressed;

use crate::{
    AcceptEncoding, Coding,
    config::{
        content_type::DEFAULT_CONTENT_TYPES,
        encode::EncodeSettings,
        own_coding::best_encodable,
        policy::{Policies, Policy},
    },
    document::Document,
    precompressed::Known,
};
use http_fields::{MediaRange, StatusPattern};
use http_filter::{ConfigError, FieldName, Settings, document::Text};
use std::{cell::RefCell, rc::Rc};

/// The filter's configuration, compiled.
#[derive(Debug)]
pub struct CompressionNegotiation {
    pub(crate) settings: Settings,
    pub(crate) policies: Policies,
    pub(crate) content_types: Vec<MediaRange>,
    pub(crate) statuses: Vec<StatusPattern>,
    pub(crate) min_length: u64,
    pub(crate) debug_header: Option<FieldName>,
    pub(crate) encode: Option<EncodeSettings>,
    /// What is known of encoded files.
    pub(crate) known: Rc<RefCell<Known>>,
    #[cfg(feature = "all-codings")]
    pub(crate) dictionaries: Option<crate::dictionary::Dictionaries>,
}

impl CompressionNegotiation {
    /// What this filter itself would encode for such a client.
    pub(crate) fn own_coding(&self, accept: &AcceptEncoding, policy: &Policy) -> Coding {
        match self.encode {
            Some(_) => best_encodable(&policy.prefer, policy, accept).unwrap_or(Coding::Identity),
            None => Coding::Identity,
        }
    }

    /// Compiles a document, sharing with the configuration that it overrides what outlives a request.
    pub(crate) fn build(mut document: Document, plugin: Option<&Self>) -> Result<Self, ConfigError> {
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
    ) -> Result<Option<crate::dictionary::Dictionaries>, ConfigError> {
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
        crate::dictionary::Dictionaries::compile(dictionaries, shared).map(Some)
    }
}

const DEFAULT_MIN_LENGTH: u64 = 1024;
