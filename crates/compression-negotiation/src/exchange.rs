//! What request and response of one exchange have in common.

use crate::{AcceptEncoding, Coding, precompressed::Variant, request::plain::Plain};

/// What was agreed with the client, for the response.
#[derive(Debug)]
pub(crate) struct Exchange {
    /// Which of the configuration's policies holds.
    pub policy: usize,
    pub accept: AcceptEncoding,
    /// What was chosen, and the upstream asked for if it could do it.
    pub chosen: Coding,
    /// Why the response must be plain, whatever the client accepts.
    pub plain: Option<Plain>,
    pub is_head: bool,
    /// Whether the request says that it takes trailers (`te: trailers`).
    pub takes_trailers: bool,
    /// The client's own If-None-Match, where the upstream gets another.
    pub if_none_match: Option<Vec<u8>>,
    /// The encoded file that is asked for in place of the plain one.
    pub variant: Option<Variant>,
    /// What dictionaries mean for this request.
    #[cfg(feature = "all-codings")]
    pub offer: Option<crate::dictionary::Offer>,
}

impl Exchange {
    /// Whether the upstream must send plain bytes: they become a dictionary, or are encoded with one.
    pub(crate) fn needs_plain(&self) -> bool {
        #[cfg(feature = "all-codings")]
        return self.offer.as_ref().is_some_and(|offer| offer.needs_plain());
        #[cfg(not(feature = "all-codings"))]
        false
    }

    /// Whether the response depends on which dictionary the client has.
    pub(crate) fn varies_by_dictionary(&self) -> bool {
        #[cfg(feature = "all-codings")]
        return self.offer.as_ref().is_some_and(|offer| offer.varies);
        #[cfg(not(feature = "all-codings"))]
        false
    }
}
