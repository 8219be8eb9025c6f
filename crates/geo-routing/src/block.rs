use crate::shorthand::Shorthand;
use geo_database::Country;
use http_filter::{ConfigError, LocalReply, Problem};
use serde::Deserialize;

/// A refusal.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BlockDocument {
    /// The status: 403, 404, 410 or 451. 451 (RFC 7725) is for legal demands.
    #[serde(default = "forbidden")]
    status: u16,
    /// What people read first.
    #[serde(default)]
    title: Option<String>,
    /// What people read next.
    #[serde(default)]
    detail: Option<String>,
    /// For 451: who demands it, as a link (`Link: <…>; rel="blocked-by"`, RFC 7725 §4).
    #[serde(default)]
    blocked_by: Option<String>,
}

fn forbidden() -> u16 {
    403
}

impl Shorthand for BlockDocument {
    const EXPECTED: &'static str = "a status (403, 404, 410, 451), or an object with \"status\"";

    fn from_number(number: u64) -> Option<Self> {
        Some(Self {
            status: u16::try_from(number).ok()?,
            title: None,
            detail: None,
            blocked_by: None,
        })
    }
}

/// A refusal.
#[derive(Clone, Debug)]
pub(crate) struct Block(BlockDocument);

impl Block {
    pub(crate) fn compile(document: BlockDocument, path: &str) -> Result<Self, ConfigError> {
        if !matches!(document.status, 403 | 404 | 410 | 451) {
            let found = document.status.to_string();
            return Err(ConfigError::new(path, found, BlockDocument::EXPECTED));
        }
        if let Some(link) = &document.blocked_by
            && (document.status != 451 || !is_reference(link))
        {
            let expected = "the URI of who demands it, with status 451";
            return Err(ConfigError::new(
                format!("{path}.blocked_by"),
                format!("{link:?}"),
                expected,
            ));
        }
        Ok(Self(document))
    }

    pub(crate) fn reply(&self, country: Option<Country>) -> LocalReply {
        let title = self.0.title.clone().unwrap_or_else(|| DEFAULT_TITLE.to_owned());
        let mut problem = Problem::new(self.0.status, "country_blocked", title);
        if let Some(detail) = &self.0.detail {
            problem = problem.detail(detail.as_str());
        }
        if let Some(country) = country {
            problem = problem.extension("country", country.code());
        }
        let reply = problem.into_reply().grpc_status(PERMISSION_DENIED);
        match &self.0.blocked_by {
            Some(uri) => reply.header("link", ["<", uri, ">; rel=\"blocked-by\""].concat()),
            None => reply,
        }
    }
}

const DEFAULT_TITLE: &str = "Not available in your country";
const PERMISSION_DENIED: u32 = 7;

/// Whether a text can stand in a `Link` field: visible ASCII without what ends it.
fn is_reference(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"<>\"".contains(&byte))
}
