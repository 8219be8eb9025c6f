use crate::database::DatabaseDocument;
use http_filter::{ByteSize, Span};

/// Where a database is fetched and how often, as written.
pub(crate) struct FeedDocument {
    pub(crate) cluster: Option<String>,
    pub(crate) path: Option<String>,
    pub(crate) authority: Option<String>,
    pub(crate) refresh: Option<Span>,
    pub(crate) timeout: Option<Span>,
    pub(crate) max_size: Option<ByteSize>,
    pub(crate) sha256_path: Option<String>,
}

impl From<DatabaseDocument> for FeedDocument {
    fn from(document: DatabaseDocument) -> Self {
        Self {
            cluster: document.cluster,
            path: document.path,
            authority: document.authority,
            refresh: document.refresh,
            timeout: document.timeout,
            max_size: document.max_size,
            sha256_path: document.sha256_path,
        }
    }
}

impl FeedDocument {
    /// The first setting in `document` that only a database to be fetched can have.
    pub(crate) fn names_any(document: &DatabaseDocument) -> Option<&'static str> {
        [
            ("authority", document.authority.is_some()),
            ("refresh", document.refresh.is_some()),
            ("timeout", document.timeout.is_some()),
            ("max_size", document.max_size.is_some()),
            ("sha256", document.sha256.is_some()),
            ("sha256_path", document.sha256_path.is_some()),
            ("max_age", document.max_age.is_some()),
            ("expect", !document.expect.0.is_empty()),
        ]
        .into_iter()
        .find_map(|(name, given)| given.then_some(name))
    }
}
