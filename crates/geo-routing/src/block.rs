use crate::path::quoted;
use geo_database::Country;
use http_filter::{ConfigError, LocalReply, Problem, document, document::Shorthand};

document! {
    /// A refusal.
    pub(crate) struct BlockDocument {
        /// The status: 403, 404, 410 or 451. 451 (RFC 7725) is for legal demands.
        pub(crate) status ("status", default "403"): Option<u16>,
        /// What people read first.
        pub(crate) title ("title"): Option<String>,
        /// What people read next.
        pub(crate) detail ("detail"): Option<String>,
        /// For 451: who demands it, as a link (`Link: <…>; rel="blocked-by"`, RFC 7725 §4).
        pub(crate) blocked_by ("blocked_by"): Option<String>,
    }
}

impl Shorthand for BlockDocument {
    const EXPECTED: &'static str = "a status (403, 404, 410, 451), or an object with \"status\"";
    const SHORT_SCHEMA: &'static str = r#"{"enum": [403, 404, 410, 451]}"#;

    fn from_number(number: u64) -> Option<Self> {
        Some(Self {
            status: Some(u16::try_from(number).ok()?),
            ..Self::default()
        })
    }
}

/// A refusal.
#[derive(Debug)]
pub(crate) struct Block {
    status: u16,
    document: BlockDocument,
}

impl Block {
    pub(crate) fn compile(document: BlockDocument, path: &str) -> Result<Self, ConfigError> {
        let status = document.status.unwrap_or(403);
        if !matches!(status, 403 | 404 | 410 | 451) {
            return Err(ConfigError::at(
                path,
                "",
                &status.to_string(),
                BlockDocument::EXPECTED,
            ));
        }
        if let Some(link) = &document.blocked_by
            && (status != 451 || !is_reference(link))
        {
            let expected = "the URI of who demands it, with status 451";
            return Err(ConfigError::at(path, "blocked_by", &quoted(link), expected));
        }
        Ok(Self { status, document })
    }

    pub(crate) fn reply(&self, country: Option<Country>) -> LocalReply {
        let title = self
            .document
            .title
            .clone()
            .unwrap_or_else(|| DEFAULT_TITLE.to_owned());
        let mut problem = Problem::new(self.status, "country_blocked", title);
        if let Some(detail) = &self.document.detail {
            problem = problem.detail(detail.as_str());
        }
        if let Some(country) = country {
            problem = problem.extension("country", country.code());
        }
        let reply = problem.into_reply().grpc_status(PERMISSION_DENIED);
        match &self.document.blocked_by {
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
