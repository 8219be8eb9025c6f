//! What a request costs, as it is written.

use http_fields::StatusPattern;
use http_filter::{
    FieldName, document,
    document::{Pairs, Shorthand},
};

document! {
    /// What a request costs: a number of units, or where to find it.
    #[null(absent)]
    pub(crate) struct CostDocument {
        /// The request header that says it; clients must not be able to.
        pub(crate) header ("header"): Option<FieldName>,
        /// The response header that says it.
        pub(crate) response_header ("response_header"): Option<FieldName>,
        /// By status of the response: `{"401": 1, "5xx": 0}`.
        pub(crate) response_status ("response_status"): Option<Pairs<StatusPattern, u32>>,
        /// Where header and status say nothing; default `min`, or `reserve`.
        pub(crate) default ("default"): Option<u32>,
        /// The least that a request header may say.
        pub(crate) min ("min", default "1"): Option<u32>,
        /// The most that a header may say, and what one counts as that is no number; default the burst.
        pub(crate) max ("max"): Option<u32>,
        /// Charged up front where the response decides, then settled.
        pub(crate) reserve ("reserve", default "0"): Option<u32>,
    }
    hidden {
        /// Without all this: so many.
        units: Option<u64>,
    }
}

impl Shorthand for CostDocument {
    const EXPECTED: &'static str = "a number of units, or an object that says where to find it";
    const SHORT_SCHEMA: &'static str = r#"{"type": "integer", "minimum": 1}"#;

    fn from_number(number: u64) -> Option<Self> {
        Some(Self {
            units: Some(number),
            ..Self::default()
        })
    }
}
