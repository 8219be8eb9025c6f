//! The settings of this filter's own encoders, compiled.

use crate::{
    Coding, ENCODABLE,
    config::{budget::Budget, levels::Levels, policy},
    document::encode::{EncodeDocument, Flush, Trailers},
};
use http_fields::MediaRange;
use http_filter::ConfigError;

/// The encoder's settings, compiled.
#[derive(Debug)]
pub(crate) struct EncodeSettings {
    pub gzip: Levels,
    pub zstd: Levels,
    pub br: Levels,
    pub types: Vec<(Vec<MediaRange>, Vec<Coding>)>,
    pub flush: Flush,
    pub trailers: Trailers,
    pub budget: Budget,
}

impl EncodeSettings {
    /// Compiles a document. A route's override shares the plugin's memory budget.
    pub(crate) fn compile(document: EncodeDocument, budget: Option<Budget>) -> Result<Self, ConfigError> {
        for (given, coding) in [(&document.zstd, Coding::Zstd), (&document.br, Coding::Br)] {
            if given.is_some() && !ENCODABLE.contains(&coding) {
                return Err(ConfigError::new(
                    ["encode.", coding.name()].concat(),
                    "a coding that this build of the filter can't encode",
                    "gzip only, or the build with all codings",
                ));
            }
        }
        let mut types = Vec::with_capacity(document.types.len());
        for (index, rule) in document.types.into_iter().enumerate() {
            let path = ["encode.types[", &index.to_string(), "]"].concat();
            if rule.content_types.is_empty() {
                let path = path + ".content_types";
                return Err(ConfigError::new(path, "an empty list", "at least one media type"));
            }
            let prefer = policy::checked(rule.prefer.0, &(path.clone() + ".prefer"))?;
            if let Some(coding) = prefer
                .iter()
                .find(|coding| **coding != Coding::Identity && !ENCODABLE.contains(coding))
            {
                let expected = "codings that this build of the filter can encode";
                return Err(ConfigError::new(path + ".prefer", coding, expected));
            }
            types.push((rule.content_types.0, prefer));
        }
        let memory = document.memory.map_or(DEFAULT_MEMORY, |size| {
            usize::try_from(size.bytes()).unwrap_or(usize::MAX)
        });
        Ok(Self {
            gzip: Levels::compile(document.gzip.as_ref(), Coding::Gzip, 6, (1, 9))?,
            zstd: Levels::compile(document.zstd.as_ref(), Coding::Zstd, 3, (1, 19))?,
            br: Levels::compile(document.br.as_ref(), Coding::Br, 4, (0, 11))?,
            types,
            flush: document.flush,
            trailers: document.trailers,
            budget: budget.unwrap_or_else(|| Budget::new(memory)),
        })
    }

    pub(crate) fn level(&self, coding: Coding, length: Option<u64>) -> u8 {
        match coding {
            Coding::Br => self.br.level(length),
            Coding::Gzip => self.gzip.level(length),
            _ => self.zstd.level(length),
        }
    }
}

/// Some two hundred gzip encoders, or thirty of brotli, at a time.
const DEFAULT_MEMORY: usize = 64 << 20;
