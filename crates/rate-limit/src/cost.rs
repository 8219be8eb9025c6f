//! What a request costs.

use crate::members::{Members, Mistake, number};
use http_filter::Headers;
use serde_json::Value;

/// What a request costs, compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cost {
    Fixed(u32),
    /// A request header says.
    Request {
        header: String,
        default: u32,
        bounds: (u32, u32),
    },
    /// The response says; `reserve` is charged before.
    Response {
        reserve: u32,
        charge: ResponseCost,
    },
}

/// What a response costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResponseCost {
    header: Option<String>,
    /// By status, or by its first digit.
    statuses: Vec<(u16, u32)>,
    default: u32,
    max: u32,
}

impl Cost {
    /// Reads a cost: a number of units, or where to find it. Beyond the burst no request could ever be admitted.
    pub(crate) fn parse(value: Value, path: &str, burst: u32, mistake: &Mistake) -> Self {
        if !value.is_object() {
            return Self::Fixed(number(&value, path, 1..=burst, mistake));
        }
        let mut members = Members::new(value, path, &KNOWN, mistake);
        let header = members.field_name("header");
        let response_header = members.field_name("response_header");
        let response_status = members.map("response_status");
        let of_response = response_header.is_some() || response_status.is_some();
        if header.is_some() == of_response {
            mistake.note(
                path,
                "none or several sources",
                "header, or response_header and response_status",
            );
        }
        let unused = if of_response { "min" } else { "reserve" };
        if members.take(unused).is_some() {
            members.note(unused, "a value", "none with this source of the cost");
        }
        let max = members.number("max", 1..=if of_response { u32::MAX } else { burst }, burst);
        if let Some(header) = header {
            let min = members.number("min", 0..=max, 1);
            let default = members.number("default", 0..=burst, min.max(1));
            let bounds = (min, max);
            return Self::Request {
                header,
                default,
                bounds,
            };
        }
        let reserve = members.number("reserve", 0..=burst, 0);
        let default = members.number("default", 0..=u32::MAX, reserve);
        let path = members.path("response_status");
        let statuses = response_status
            .into_iter()
            .flatten()
            .map(|(pattern, cost)| status(&pattern, &cost, &path, mistake));
        let charge = ResponseCost {
            header: response_header,
            statuses: statuses.collect(),
            default,
            max,
        };
        Self::Response { reserve, charge }
    }

    /// What to charge when the request comes.
    pub(crate) fn of_request(&self, request: &Headers) -> u32 {
        match self {
            Self::Fixed(cost) | Self::Response { reserve: cost, .. } => *cost,
            Self::Request {
                header,
                default,
                bounds: (min, max),
            } => match request.single(header) {
                Ok(None) => *default,
                Ok(Some(value)) => decimal(value).unwrap_or(*max).clamp(*min, *max),
                // Two numbers are no number.
                Err(_) => *max,
            },
        }
    }

    /// What the response decides, if it does.
    pub(crate) fn response(&self) -> Option<&ResponseCost> {
        match self {
            Self::Response { charge, .. } => Some(charge),
            _ => None,
        }
    }

    /// The furthest that charges after the fact may overdraw.
    pub(crate) fn debt(&self, burst: u32) -> u32 {
        self.response().map_or(0, |charge| {
            charge
                .statuses
                .iter()
                .fold(charge.max, |most, (_, cost)| most.max(*cost))
                .max(charge.default)
                .max(burst)
        })
    }
}

impl ResponseCost {
    /// What the response costs altogether.
    pub(crate) fn of(&self, response: &Headers) -> u32 {
        let told = self.header.as_ref().and_then(|name| match response.single(name) {
            Ok(value) => value.map(|value| decimal(value).unwrap_or(self.max)),
            Err(_) => Some(self.max),
        });
        let status = response.status().unwrap_or_default();
        let by_status = |code| {
            self.statuses
                .iter()
                .find(|(known, _)| *known == code)
                .map(|(_, cost)| *cost)
        };
        told.map(|cost| cost.min(self.max))
            .or_else(|| by_status(status))
            .or_else(|| by_status(status / 100))
            .unwrap_or(self.default)
    }
}

/// The cost of `401` or `4xx`, as 401 or 4.
fn status(pattern: &str, cost: &Value, path: &str, mistake: &Mistake) -> (u16, u32) {
    let cost = number(cost, &[path, ".", pattern].concat(), 0..=u32::MAX, mistake);
    let class = pattern.strip_suffix("xx");
    let (text, codes) = class.map_or((pattern, 100..=599), |class| (class, 1..=5));
    let code = text.parse::<u16>().ok().filter(|code| codes.contains(code));
    if code.is_none() {
        mistake.note(path, pattern, "a status such as \"401\" or \"4xx\"");
    }
    (code.unwrap_or_default(), cost)
}

/// An unsigned decimal; one that's too large is the largest.
fn decimal(value: &[u8]) -> Option<u32> {
    let value = value.trim_ascii();
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digit = |total: u32, digit: &u8| total.saturating_mul(10).saturating_add(u32::from(digit - b'0'));
    Some(value.iter().fold(0, digit))
}

const KNOWN: [&str; 7] = [
    "header",
    "response_header",
    "response_status",
    "default",
    "min",
    "max",
    "reserve",
];
