//! What a request costs.

use crate::document::cost::CostDocument;
use http_fields::{StatusPattern, decimal};
use http_filter::{ConfigError, FieldName, Headers};

/// What a request costs, compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cost {
    Fixed(u32),
    /// A request header says.
    Request {
        header: FieldName,
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
    header: Option<FieldName>,
    /// The narrower first.
    statuses: Vec<(StatusPattern, u32)>,
    default: u32,
    max: u32,
}

impl Cost {
    /// Compiles a cost. Beyond the burst no request could ever be admitted.
    pub(crate) fn compile(
        document: Option<CostDocument>,
        burst: u32,
        path: &str,
    ) -> Result<Self, ConfigError> {
        let Some(document) = document else {
            return Ok(Self::Fixed(1));
        };
        if let Some(units) = document.units {
            let units = u32::try_from(units).unwrap_or(u32::MAX);
            return within(Some(units), 1, 1, burst, path, "").map(Self::Fixed);
        }
        let of_response = document.response_header.is_some() || document.response_status.is_some();
        if document.header.is_some() == of_response {
            let expected = "header, or response_header and response_status";
            return Err(ConfigError::at(path, "", "none or several sources", expected));
        }
        let (unused, given) = match of_response {
            true => ("min", document.min),
            false => ("reserve", document.reserve),
        };
        if given.is_some() {
            let expected = "none with this source of the cost";
            return Err(ConfigError::at(path, unused, "a value", expected));
        }
        let most = if of_response { u32::MAX } else { burst };
        let max = within(document.max, burst, 1, most, path, "max")?;
        if let Some(header) = document.header {
            let min = within(document.min, 1, 0, max, path, "min")?;
            let default = within(document.default, min.max(1), 0, burst, path, "default")?;
            let bounds = (min, max);
            return Ok(Self::Request {
                header,
                default,
                bounds,
            });
        }
        let reserve = within(document.reserve, 0, 0, burst, path, "reserve")?;
        let mut statuses: Vec<_> = document.response_status.into_iter().flatten().collect();
        statuses.sort_by_key(|(pattern, _)| pattern.width());
        let charge = ResponseCost {
            header: document.response_header,
            statuses,
            default: document.default.unwrap_or(reserve),
            max,
        };
        Ok(Self::Response { reserve, charge })
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
                Ok(Some(value)) => units(value).unwrap_or(*max).clamp(*min, *max),
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
            Ok(value) => value.map(|value| units(value).unwrap_or(self.max)),
            Err(_) => Some(self.max),
        });
        let status = response.status().unwrap_or_default();
        let by_status = || {
            let of_status = self.statuses.iter().find(|(pattern, _)| pattern.matches(status));
            of_status.map(|(_, cost)| *cost)
        };
        told.map(|cost| cost.min(self.max))
            .or_else(by_status)
            .unwrap_or(self.default)
    }
}

/// The number that is given, or else the `default`, if it lies between these bounds.
fn within(
    given: Option<u32>,
    default: u32,
    least: u32,
    most: u32,
    path: &str,
    field: &str,
) -> Result<u32, ConfigError> {
    match given {
        Some(number) if !(least..=most).contains(&number) => {
            let expected = [&least.to_string(), " to ", &most.to_string()].concat();
            Err(ConfigError::at(path, field, &number.to_string(), &expected))
        }
        given => Ok(given.unwrap_or(default)),
    }
}

/// An unsigned decimal; one that's too large is the largest.
fn units(value: &[u8]) -> Option<u32> {
    decimal(value.trim_ascii()).map(|number| u32::try_from(number).unwrap_or(u32::MAX))
}
