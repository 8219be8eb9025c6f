//! The component's handler, and who may order.

use functions_handler::{Place, Problem, Request, Response, handle};
use serde_json::json;
use wasip2::exports::http::incoming_handler::{Guest, IncomingRequest, ResponseOutparam};

use crate::order;

struct Auth;

impl Guest for Auth {
    fn handle(incoming: IncomingRequest, outparam: ResponseOutparam) {
        functions_component::answer_by(incoming, outparam, answer);
    }
}

wasip2::http::proxy::export!(Auth);

fn answer(request: &Request, place: &Place) -> Response {
    if request.path() != "/order" {
        return handle(request, place);
    }
    match request.method.as_str() {
        "POST" => match customer(request) {
            Ok(customer) => order::order(request, customer).unwrap_or_else(Response::from),
            Err(refusal) => refusal,
        },
        "OPTIONS" => Response::without_content(204).header("allow", ALLOW),
        _ => Problem::Method { allow: ALLOW }.into(),
    }
}

/// By what jwt-auth, in front, has found in the token: nobody else can set these fields.
fn customer(request: &Request) -> Result<&str, Response> {
    let customer = request.header("x-user").filter(|user| !user.is_empty());
    let customer = customer.ok_or_else(|| refusal(401, "not_authenticated", "Nobody is known to ask"))?;
    let mut roles = request.header("x-roles").unwrap_or_default().split(',');
    match roles.any(|role| role.trim() == BUYER) {
        true => Ok(customer),
        false => Err(refusal(403, "role_missing", "Only buyers may order")),
    }
}

fn refusal(status: u16, slug: &str, title: &str) -> Response {
    let body = json!({"type": format!("urn:edge:problem:{slug}"), "title": title, "status": status});
    let response = Response::new(status, "application/problem+json", body.to_string())
        .header("cache-control", "no-store");
    match status {
        401 => response.header("www-authenticate", "Bearer"),
        _ => response,
    }
}

const ALLOW: &str = "POST, OPTIONS";
const BUYER: &str = "buyer";
