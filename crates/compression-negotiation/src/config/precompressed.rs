//! Where encoded files are looked for, compiled.

use crate::{Coding, document::PrecompressedDocument};
use http_filter::{Breaker, ConfigError, Span};
use std::{rc::Rc, time::Duration};

/// Where such files are looked for, compiled.
#[derive(Clone, Debug)]
pub(crate) struct Precompressed {
    pub cluster: String,
    pub codings: Vec<Coding>,
    pub remember: Duration,
    pub timeout: Duration,
    pub breaker: Rc<Breaker>,
}

impl Precompressed {
    /// Compiles a document; `prefer` is what the requests in question are offered.
    pub(crate) fn compile(document: PrecompressedDocument, prefer: &[Coding]) -> Result<Self, ConfigError> {
        if document.cluster.is_empty() {
            let expected = "the name of the cluster that has the files";
            return Err(ConfigError::new("precompressed.cluster", "nothing", expected));
        }
        let codings: Vec<Coding> = match document.codings {
            Some(codings) => codings.0,
            None => prefer.to_vec(),
        };
        for (index, coding) in codings.iter().enumerate() {
            if !prefer.contains(coding) {
                let path = ["precompressed.codings[", &index.to_string(), "]"].concat();
                return Err(ConfigError::new(path, coding, "one of the codings in `prefer`"));
            }
        }
        if !codings.iter().any(|coding| suffix(*coding).is_some()) {
            let expected = "at least one of zstd, br and gzip";
            return Err(ConfigError::new("precompressed.codings", "none", expected));
        }
        let timeout = document
            .timeout
            .map_or(Duration::from_millis(500), Span::duration);
        Ok(Self {
            cluster: document.cluster,
            codings,
            remember: document.remember.map_or(Duration::from_secs(300), Span::duration),
            breaker: Rc::new(Breaker::new(FAILURES, PAUSE, timeout)),
            timeout,
        })
    }
}

/// What files of a coding end in.
pub(crate) const fn suffix(coding: Coding) -> Option<&'static str> {
    match coding {
        Coding::Zstd => Some(".zst"),
        Coding::Br => Some(".br"),
        Coding::Gzip => Some(".gz"),
        Coding::Dcz | Coding::Identity => None,
    }
}

/// After how many failures in a row a worker leaves the store alone for a while.
const FAILURES: u32 = 5;
const PAUSE: Duration = Duration::from_secs(1);
