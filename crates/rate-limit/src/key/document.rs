//! A part of a key, as it's written: a word, or one member that says where it's found.

use super::part::{ClaimPath, Part, Source, Template};
use crate::members::{Members, error, items, refused, text};
use http_filter::ConfigError;
use serde_json::Value;

/// What geo-routing publishes of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GeoField {
    Country,
    Continent,
    Region,
}

impl GeoField {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::Continent => "continent",
            Self::Region => "region",
        }
    }
}

/// Reads the parts of a list, or one.
pub(crate) fn parts(value: Value, path: &str) -> Result<Vec<Part>, ConfigError> {
    items(value, path)
        .into_iter()
        .map(|(value, path)| part(value, &path))
        .collect()
}

fn part(value: Value, path: &str) -> Result<Part, ConfigError> {
    if let Value::String(word) = &value {
        let source = match word.as_str() {
            "client_ip" => Source::ADDRESS,
            "method" => Source::Method,
            "host" => Source::Host,
            "path" => Source::Path,
            "route" => Source::Route,
            "country" => Source::Geo(GeoField::Country),
            _ => {
                return Err(refused(
                    path,
                    &value,
                    "one of client_ip, method, host, path, route, country, or an object",
                ));
            }
        };
        return Ok(Part::new(source, None));
    }
    let mut members = Members::new(value, path, &KNOWN)?;
    let entry = members.text("as")?;
    let jwt_authn = members.text("jwt_authn")?;
    let mut found = SOURCES
        .iter()
        .filter_map(|name| Some((*name, members.take(name)?)));
    let (Some((name, value)), None) = (found.next(), found.next()) else {
        return Err(error(
            path,
            "none or several of them",
            &["one of ", &SOURCES.join(", ")].concat(),
        ));
    };
    if jwt_authn.is_some() && name != "claim" {
        return Err(members.refuse("jwt_authn", "a name", "a claim beside it"));
    }
    let path = members.path(name);
    let source = source(name, value, &path, jwt_authn)?;
    if source.is_empty() {
        return Err(error(&path, "an empty one", "a name"));
    }
    Ok(Part::new(source, entry))
}

fn source(name: &str, value: Value, path: &str, jwt_authn: Option<String>) -> Result<Source, ConfigError> {
    Ok(match name {
        "client_ip" => {
            let mut network = Members::new(value, path, &["ipv4_prefix", "ipv6_prefix"])?;
            Source::ClientIp {
                ipv4_prefix: network.number("ipv4_prefix", 0..=32)?.unwrap_or(32) as u8,
                ipv6_prefix: network.number("ipv6_prefix", 0..=128)?.unwrap_or(64) as u8,
            }
        }
        "header" => {
            let name = text(value, path)?;
            if !http_filter::is_token(name.as_bytes()) {
                return Err(error(path, &name, "a header field's name"));
            }
            Source::Header(name.to_ascii_lowercase())
        }
        "cookie" => Source::Cookie(text(value, path)?),
        "query" => Source::Query(text(value, path)?),
        "constant" => Source::Constant(text(value, path)?),
        "claim" => {
            let names = items(value, path)
                .into_iter()
                .map(|(value, path)| text(value, &path));
            Source::Claim {
                path: ClaimPath::new(names.collect::<Result<_, _>>()?),
                jwt_authn,
            }
        }
        "path" => {
            let pattern = |(value, path): (Value, String)| {
                let parsed = value.as_str().and_then(|text| text.parse().ok());
                parsed
                    .map(Template)
                    .ok_or_else(|| refused(&path, &value, "a path such as \"/assets/*\" or \"/users/{id}\""))
            };
            Source::Template(
                items(value, path)
                    .into_iter()
                    .map(pattern)
                    .collect::<Result<_, _>>()?,
            )
        }
        "geo" => {
            let fields = [GeoField::Country, GeoField::Continent, GeoField::Region];
            let field = fields.into_iter().find(|field| value == field.name());
            Source::Geo(field.ok_or_else(|| refused(path, &value, "country, continent or region"))?)
        }
        _ => Source::First(parts(value, path)?),
    })
}

/// Where a part may be found.
const SOURCES: [&str; 9] = [
    "client_ip",
    "header",
    "cookie",
    "query",
    "claim",
    "path",
    "geo",
    "constant",
    "first",
];
const KNOWN: [&str; 11] = [
    "client_ip",
    "header",
    "cookie",
    "query",
    "claim",
    "path",
    "geo",
    "constant",
    "first",
    "as",
    "jwt_authn",
];
