//! A request in, a response out.

use wasip2::exports::http::incoming_handler::{IncomingRequest, ResponseOutparam};
use wstd::http::request::try_from_incoming;
use wstd::http::server::Responder;
use wstd::http::{Body, Error, Request, Response};

/// Has `answer` answer a request, and waits until its response has been sent. What it fails with becomes the host's own answer.
pub fn answer_with(
    incoming: IncomingRequest,
    outparam: ResponseOutparam,
    answer: impl AsyncFnOnce(Request<Body>) -> Result<Response<Body>, Error>,
) {
    let responder = Responder::new(outparam);
    wstd::runtime::block_on(async move {
        let response = match try_from_incoming(incoming) {
            Ok(request) => answer(request).await,
            Err(error) => Err(error),
        };
        match response {
            Ok(response) => drop(responder.respond(response).await),
            Err(error) => responder.fail(error),
        }
    });
}
