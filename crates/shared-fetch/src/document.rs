use crate::Body;
use http_filter::Host;

/// What is made of a fetched document.
pub trait Document {
    /// The document, ready for requests.
    type Prepared;

    /// Judges and prepares a document that was just fetched, to replace `in_use`.
    ///
    /// # Errors
    /// [`Rejection`] for a document that must not be used; the one in use stays.
    fn accept(
        &self,
        arrival: &Arrival<'_>,
        in_use: Option<&Self::Prepared>,
        host: &dyn Host,
    ) -> Result<Self::Prepared, Rejection>;

    /// Prepares a document that another worker accepted and published.
    fn adopt(&self, body: &Body, host: &dyn Host) -> Option<Self::Prepared>;

    /// A fetch is about to be made.
    fn on_due(&self, _in_use: Option<&Self::Prepared>, _host: &dyn Host) {}
}

/// A document that was just fetched.
pub struct Arrival<'a> {
    /// The document.
    pub body: &'a Body,
    /// Its SHA-256.
    pub digest: &'a [u8; 32],
    /// The SHA-256 that it should have, where its source has a file that says so.
    pub announced: Option<&'a [u8; 32]>,
}

/// Why a fetched document is not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Rejection {
    /// The counter of such rejections.
    pub counter: &'static str,
    /// What is wrong with the document, for the log. It holds nothing secret.
    pub reason: String,
}
