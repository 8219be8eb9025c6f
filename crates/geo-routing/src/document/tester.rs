//! How testers say where they want to be, as it is written.

use crate::document::trust::TrustDocument;
use http_filter::{FieldName, document, document::Brief};

document! {
    /// How testers say where they want to be.
    pub(crate) struct TesterDocument {
        /// The header that says it: `DE`, `US-CA`, an address, or `region:eu`.
        pub(crate) header ("header", required "the header that says where a tester is"): FieldName,
        /// Who is a tester. `anyone` is not.
        pub(crate) trust ("trust"): Option<Brief<TrustDocument>>,
    }
}
