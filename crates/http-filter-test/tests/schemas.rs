//! What schemas say is true of all that filters read: every example, every case, every shipped configuration.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

mod schema_tests {
    pub(crate) mod configurations;
}

use cache_headers::CacheHeaders;
use compression_negotiation::CompressionNegotiation;
use geo_routing::GeoRouting;
use http_filter::{
    FilterConfig, Plugin, config,
    document::{self, Describe},
};
use jsonschema::Validator;
use jwt_auth::JwtAuth;
use rate_limit::RateLimit;
use schema_tests::configurations::{Configuration, configurations};
use serde_json::Value;

/// A filter, as far as these tests go.
struct Subject {
    name: &'static str,
    schema: Value,
    /// Whether a document can be read, and whether it makes a filter.
    judge: fn(&Value) -> Judgement,
}

/// What becomes of a configuration.
#[derive(Debug, PartialEq)]
enum Judgement {
    Accepted,
    /// Read, but what fields say of each other is wrong.
    Refused(String),
    /// A field isn't what is expected there.
    Unreadable(String),
}

fn subject<C: FilterConfig>() -> Subject
where
    C::Document: Describe,
{
    Subject {
        name: C::NAME,
        schema: http_filter::schema::<C>(),
        judge: |value| {
            let text = value.to_string();
            let restored = config::parse_value(text.as_bytes()).unwrap();
            match document::read::<C::Document>(&restored) {
                Err(error) => Judgement::Unreadable(error.to_string()),
                Ok(_) => match Plugin::<C>::new(Some(text.as_bytes())) {
                    Err(error) => Judgement::Refused(error.to_string()),
                    Ok(_) => Judgement::Accepted,
                },
            }
        },
    }
}

fn subjects() -> [Subject; 5] {
    [
        subject::<JwtAuth>(),
        subject::<RateLimit>(),
        subject::<GeoRouting>(),
        subject::<CacheHeaders>(),
        subject::<CompressionNegotiation>(),
    ]
}

fn validator(schema: &Value) -> Validator {
    jsonschema::meta::validate(schema).unwrap();
    jsonschema::options().build(schema).unwrap()
}

#[test]
fn what_filters_take_is_valid_and_what_they_cannot_read_is_not() {
    let (mut valid, mut invalid, mut wrong) = (0, 0, Vec::new());
    for Subject { name, schema, judge } in subjects() {
        let validator = validator(&schema);
        let found = configurations(name);
        assert!(found.len() > 20, "{name}: {} configurations", found.len());
        for Configuration { from, value } in found {
            let errors: Vec<String> = validator
                .iter_errors(&value)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            match judge(&value) {
                Judgement::Accepted if errors.is_empty() => valid += 1,
                Judgement::Accepted => wrong.push(format!("{name}, {from}: {}\n{value}", errors.join("; "))),
                Judgement::Unreadable(error) if errors.is_empty() && !beyond_schemas(&error) => {
                    wrong.push(format!("{name}, {from}: valid, but {error}\n{value}"));
                }
                Judgement::Unreadable(_) if !errors.is_empty() => invalid += 1,
                Judgement::Unreadable(_) | Judgement::Refused(_) => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
    assert!(valid > 400 && invalid >= 50, "{valid} valid, {invalid} invalid");
}

/// Whether a mistake is of a kind that schemas don't tell: a text that looks like one and isn't, bounds of durations, one
/// of several members.
fn beyond_schemas(error: &str) -> bool {
    BEYOND.iter().any(|expected| error.contains(expected))
}

const BEYOND: &[&str] = &[
    "expected a duration from",
    "expected a network such as",
    "the alpha-2 code of a country",
    "expected a key such as",
    "expected a directive such as",
    "expected a claim beside it",
    "found none or several of them",
    "no_vary_search",
    "found no range",
    "the build with all codings",
];
