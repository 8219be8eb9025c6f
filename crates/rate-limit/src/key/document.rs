//! A part of a key, as it's written: a word, or one member that says where it's found.

use super::part::{ClaimPath, Part, Source, Template};
use crate::members::{Members, Mistake, items, text};
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
pub(crate) fn parts(value: Value, path: &str, mistake: &Mistake) -> Vec<Part> {
    let part = |(value, path): (Value, String)| part(value, &path, mistake);
    items(value, path).into_iter().map(part).collect()
}

fn part(value: Value, path: &str, mistake: &Mistake) -> Part {
    if let Value::String(word) = &value {
        let source = match word.as_str() {
            "client_ip" => Source::ADDRESS,
            "method" => Source::Method,
            "host" => Source::Host,
            "path" => Source::Path,
            "route" => Source::Route,
            "country" => Source::Geo(GeoField::Country),
            _ => {
                mistake.note_value(
                    path,
                    &value,
                    "one of client_ip, method, host, path, route, country, or an object",
                );
                Source::Host
            }
        };
        return Part::new(source, None);
    }
    let mut members = Members::new(value, path, &KNOWN, mistake);
    let entry = members.text("as");
    let jwt_authn = members.text("jwt_authn");
    let mut found = SOURCES
        .iter()
        .filter_map(|name| Some((*name, members.take(name)?)));
    let (name, value) = found.next().unwrap_or_default();
    if name.is_empty() || found.next().is_some() {
        mistake.note(
            path,
            "none or several of them",
            &["one of ", &SOURCES.join(", ")].concat(),
        );
    }
    if jwt_authn.is_some() && name != "claim" {
        members.note("jwt_authn", "a name", "a claim beside it");
    }
    let path = members.path(name);
    let source = source(name, value, &path, jwt_authn, mistake);
    if source.is_empty() {
        mistake.note(&path, "an empty one", "a name");
    }
    Part::new(source, entry)
}

fn source(name: &str, value: Value, path: &str, jwt_authn: Option<String>, mistake: &Mistake) -> Source {
    match name {
        "client_ip" => {
            let mut network = Members::new(value, path, &["ipv4_prefix", "ipv6_prefix"], mistake);
            Source::ClientIp {
                ipv4_prefix: network.number("ipv4_prefix", 0..=32, 32) as u8,
                ipv6_prefix: network.number("ipv6_prefix", 0..=128, 64) as u8,
            }
        }
        "header" => {
            let name = text(value, path, mistake);
            if !http_filter::is_token(name.as_bytes()) {
                mistake.note(path, &name, "a header field's name");
            }
            Source::Header(name.to_ascii_lowercase())
        }
        "cookie" => Source::Cookie(text(value, path, mistake)),
        "query" => Source::Query(text(value, path, mistake)),
        "constant" => Source::Constant(text(value, path, mistake)),
        "claim" => {
            let names = items(value, path).into_iter();
            Source::Claim {
                path: ClaimPath::new(names.map(|(value, path)| text(value, &path, mistake)).collect()),
                jwt_authn,
            }
        }
        "path" => {
            let mut templates = Vec::new();
            for (value, path) in items(value, path) {
                match value.as_str().and_then(|text| text.parse().ok()) {
                    Some(pattern) => templates.push(Template(pattern)),
                    None => {
                        mistake.note_value(&path, &value, "a path such as \"/assets/*\" or \"/users/{id}\"")
                    }
                }
            }
            Source::Template(templates)
        }
        "geo" => {
            let fields = [GeoField::Country, GeoField::Continent, GeoField::Region];
            Source::Geo(
                fields
                    .into_iter()
                    .find(|field| value == field.name())
                    .unwrap_or_else(|| {
                        mistake.note_value(path, &value, "country, continent or region");
                        GeoField::Country
                    }),
            )
        }
        "first" => Source::First(parts(value, path, mistake)),
        _ => Source::Host,
    }
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
