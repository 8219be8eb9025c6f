//! What every filter of a chain makes of a request, and why.

mod country;
mod explanation;
mod har;
mod http_message;
mod parts;
mod policy;
mod report_json;
mod request;
mod secrets;
mod surroundings;
mod table;

pub use country::{ANYBODY, Told};
pub use explanation::Explanation;
pub use har::from_har;
pub use http_message::{parse_request, parse_response};
pub(crate) use parts::header;
pub use policy::{Policy, read_policy};
pub use request::CurlWords;
pub(crate) use request::contents;
pub use secrets::Redaction;
pub use surroundings::Surroundings;

use http_filter_replay::{Stuck, World, case};
use std::io::{self, Write};

/// How an explanation is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Form {
    /// For people.
    #[default]
    Table,
    /// One object a request.
    Json,
}

/// A policy's chain at work, for one request after the other: what one leaves (quotas, caches) the next one finds.
pub struct Session {
    policy: Policy,
    world: World,
}

impl Session {
    /// The chain, after it has had time to fetch what it needs.
    ///
    /// # Errors
    /// [`Stuck`] when a filter ticks for ever.
    pub fn begin(policy: Policy, surroundings: &Surroundings) -> Result<Self, Stuck> {
        let world = surroundings.world(&policy)?;
        Ok(Self { policy, world })
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// Sends a request through it.
    ///
    /// # Errors
    /// [`Stuck`] when a filter never decides.
    pub fn explain(
        &mut self,
        surroundings: &Surroundings,
        request: &case::Request,
        response: &case::Response,
    ) -> Result<Explanation, Stuck> {
        surroundings.give_properties(&self.world, &self.policy);
        let request = surroundings.request(&self.policy, request);
        Ok(Explanation {
            journey: self.world.exchange(&request, response)?,
            request,
            response: response.clone(),
            not_given: surroundings.not_given(&self.policy),
        })
    }
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
