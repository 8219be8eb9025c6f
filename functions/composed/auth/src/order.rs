//! An order as JSON, and what the next component makes of it.

use functions_handler::{Problem, Request, Response};
use serde::Deserialize;
use serde_json::json;

use self::edge::orders::business;

wit_bindgen::generate!({ path: "../wit", world: "auth" });

/// The order of this customer, reviewed.
pub(crate) fn order(request: &Request, customer: &str) -> Result<Response, Problem> {
    let unfit = |detail: String| Problem::Unprocessable {
        pointer: String::new(),
        detail,
    };
    let Document { country, items } = serde_json::from_value(functions_handler::json(request)?)
        .map_err(|error| unfit(error.to_string()))?;
    let items = items
        .into_iter()
        .map(|Item { sku, quantity, cents }| business::Item { sku, quantity, cents });
    let order = business::Order {
        customer: customer.to_owned(),
        country,
        items: items.collect(),
    };
    match business::review(&order) {
        business::Outcome::Decided(verdict) => Ok(Response::json(&json!({
            "customer": customer,
            "total_cents": verdict.total_cents,
            "risk": verdict.risk,
            "accepted": verdict.accepted,
        }))),
        business::Outcome::Refused(detail) => Err(unfit(detail)),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    country: String,
    items: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Item {
    sku: String,
    quantity: u32,
    cents: u32,
}
