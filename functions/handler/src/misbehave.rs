//! `GET /misbehave/{how}`, in builds for tests only: what a runtime has to end, and what one request may leave for the next one.

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::json;

use crate::{Problem, Request, Response};

/// What the paths of misbehaviour start with.
pub(crate) const PREFIX: &str = "/misbehave/";

/// `loop` and `allocate` never end, `trap` ends what runs it, `remember` counts its requests in the function's own memory.
pub(crate) fn misbehave(request: &Request) -> Result<Response, Problem> {
    match request.path().strip_prefix(PREFIX).unwrap_or_default() {
        "loop" => loop {
            std::hint::black_box(());
        },
        "allocate" => {
            let mut kept = Vec::new();
            loop {
                kept.push(std::hint::black_box(vec![1_u8; MEBIBYTE]));
            }
        }
        "trap" => std::process::abort(),
        "remember" => {
            let requests = REQUESTS.fetch_add(1, Ordering::Relaxed) + 1;
            Ok(Response::json(&json!({"requests": requests})))
        }
        _ => Err(Problem::NotFound),
    }
}

static REQUESTS: AtomicU64 = AtomicU64::new(0);
const MEBIBYTE: usize = 1024 * 1024;
