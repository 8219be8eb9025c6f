//! What every filter of a chain makes of a request, and why.

mod har;
mod http_message;
mod policy;
mod report_json;
mod request;
mod secrets;
mod surroundings;
mod table;

pub use har::from_har;
pub use http_message::{parse_request, parse_response};
pub use policy::{Policy, read_policy};
pub use request::CurlWords;
pub(crate) use request::{contents, header};
pub use secrets::Redaction;
pub use surroundings::Surroundings;

use http_filter_replay::{Journey, Stuck, case};
use std::io::{self, Write};

/// An exchange, and what became of it.
pub struct Explanation {
    /// The request as the client sends it.
    pub request: case::Request,
    /// What upstream answers.
    pub response: case::Response,
    /// What happened.
    pub journey: Journey,
}

/// How an explanation is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// For people.
    #[default]
    Table,
    /// One object a request.
    Json,
}

/// Sends a request through a policy's chain.
///
/// # Errors
/// [`Stuck`] when a filter never decides.
pub fn explain(
    policy: &Policy,
    surroundings: &Surroundings,
    request: &case::Request,
    response: &case::Response,
    times: u32,
) -> Result<Vec<Explanation>, Stuck> {
    let mut world = surroundings.world(policy)?;
    let request = surroundings.request(policy, request);
    (0..times.max(1))
        .map(|_| {
            surroundings.give_properties(&world, policy);
            Ok(Explanation {
                journey: world.exchange(&request, response)?,
                request: request.clone(),
                response: response.clone(),
            })
        })
        .collect()
}

/// Writes an explanation.
///
/// # Errors
/// What the writer says.
pub fn write(
    out: &mut dyn Write,
    form: Form,
    policy: &Policy,
    explanation: &Explanation,
    redaction: Redaction,
) -> io::Result<()> {
    match form {
        Form::Table => table::write(out, policy, explanation, redaction),
        Form::Json => report_json::write(out, explanation, redaction),
    }
}
