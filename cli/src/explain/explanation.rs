use http_filter_replay::{Journey, case};

/// An exchange, and what became of it.
pub struct Explanation {
    /// The request as the client sends it.
    pub request: case::Request,
    /// What upstream answers.
    pub response: case::Response,
    /// What happened.
    pub journey: Journey,
    /// Clusters that filters ask and that weren't given an answer, each with the filter.
    pub not_given: Vec<(String, &'static str)>,
}
