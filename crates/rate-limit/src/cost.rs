//! What a request costs.

use crate::document::{CostDocument, CostFields};
use http_filter::{ConfigError, Headers};
use serde::{
    Deserialize, Deserializer,
    de::{self, value::MapAccessDeserializer},
};
use std::{collections::BTreeMap, fmt};

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
    statuses: BTreeMap<u16, u32>,
    default: u32,
    max: u32,
}

impl Cost {
    /// Checks a cost against the burst, beyond which no request could ever be admitted.
    pub(crate) fn compile(document: CostDocument, burst: u32) -> Result<Self, ConfigError> {
        let within = |field: &str, cost: u32, least: u32| {
            if (least..=burst).contains(&cost) {
                Ok(cost)
            } else {
                Err(ConfigError::new(
                    field,
                    cost,
                    format_args!("{least} to {burst}, the policy's burst"),
                ))
            }
        };
        let fields = match document {
            CostDocument::Fixed(cost) => return within("", cost, 1).map(Self::Fixed),
            CostDocument::Fields(fields) => *fields,
        };
        let CostFields {
            header,
            response_header,
            response_status,
            default,
            min,
            max,
            reserve,
        } = fields;
        let unused = |field: &str, given: bool, with: &str| match given {
            true => Err(ConfigError::new(
                field,
                "a value",
                format_args!("none: it belongs to {with}"),
            )),
            false => Ok(()),
        };
        if let Some(header) = header {
            unused("reserve", reserve.is_some(), "a response's cost")?;
            let other = response_header.is_some() || !response_status.is_empty();
            unused(
                "header",
                other,
                "a cost that the request decides, or leave out response_header and response_status",
            )?;
            let min = min.unwrap_or(1);
            let max = within("max", max.unwrap_or(burst), min)?;
            let default = within("default", default.unwrap_or(min.max(1)), 0)?;
            return Ok(Self::Request {
                header: header.0,
                default,
                bounds: (min, max),
            });
        }
        if response_header.is_none() && response_status.is_empty() {
            return Err(ConfigError::new(
                "",
                "no source",
                "a number, header, response_header or response_status",
            ));
        }
        unused("min", min.is_some(), "a request header's cost")?;
        let reserve = within("reserve", reserve.unwrap_or(0), 0)?;
        Ok(Self::Response {
            reserve,
            charge: ResponseCost {
                header: response_header.map(|name| name.0),
                statuses: response_status.iter().map(status).collect::<Result<_, _>>()?,
                default: default.unwrap_or(reserve),
                max: max.unwrap_or(burst),
            },
        })
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
                Ok(Some(value)) => number(value).unwrap_or(*max).clamp(*min, *max),
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
                .values()
                .copied()
                .fold(charge.max, u32::max)
                .max(charge.default)
                .max(burst)
        })
    }
}

impl ResponseCost {
    /// What the response costs altogether.
    pub(crate) fn of(&self, response: &Headers) -> u32 {
        let told = self.header.as_ref().and_then(|name| match response.single(name) {
            Ok(value) => value.map(|value| number(value).unwrap_or(self.max)),
            Err(_) => Some(self.max),
        });
        let status = response.status().unwrap_or_default();
        let by_status = || {
            self.statuses
                .get(&status)
                .or_else(|| self.statuses.get(&(status / 100)))
        };
        told.map(|cost| cost.min(self.max))
            .or_else(|| by_status().copied())
            .unwrap_or(self.default)
    }
}

/// `401` or `4xx`, as 401 or 4.
fn status((pattern, cost): (&String, &u32)) -> Result<(u16, u32), ConfigError> {
    let class = pattern.strip_suffix("xx");
    class
        .unwrap_or(pattern)
        .parse::<u16>()
        .ok()
        .filter(|code| {
            if class.is_some() {
                (1..=5).contains(code)
            } else {
                (100..=599).contains(code)
            }
        })
        .map(|code| (code, *cost))
        .ok_or_else(|| {
            ConfigError::new(
                "response_status",
                format_args!("{pattern:?}"),
                "a status such as \"401\" or \"4xx\"",
            )
        })
}

/// An unsigned decimal; one that's too large is the largest.
fn number(value: &[u8]) -> Option<u32> {
    let value = value.trim_ascii();
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let digit = |total: u32, digit: &u8| total.saturating_mul(10).saturating_add(u32::from(digit - b'0'));
    Some(value.iter().fold(0, digit))
}

impl Default for CostDocument {
    fn default() -> Self {
        Self::Fixed(1)
    }
}

impl<'de> Deserialize<'de> for CostDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = CostDocument;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of units, or where to find it: {header: …}, {response_header: …}, {response_status: …}")
            }
            fn visit_u64<E: de::Error>(self, cost: u64) -> Result<CostDocument, E> {
                u32::try_from(cost)
                    .map(CostDocument::Fixed)
                    .map_err(|_| E::invalid_value(de::Unexpected::Unsigned(cost), &self))
            }
            fn visit_i64<E: de::Error>(self, cost: i64) -> Result<CostDocument, E> {
                u32::try_from(cost)
                    .map(CostDocument::Fixed)
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(cost), &self))
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<CostDocument, A::Error> {
                CostFields::deserialize(MapAccessDeserializer::new(map))
                    .map(|fields| CostDocument::Fields(Box::new(fields)))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
