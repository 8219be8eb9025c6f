//! What every `wasi:http` component of the functions begins with: `#[wstd::http_server]`, but that a client who goes away amid its
//! answer is no reason to trap.

mod answer;
#[cfg(feature = "handler")]
mod handler;

pub use answer::answer_with;
#[cfg(feature = "handler")]
pub use handler::answer_by;
