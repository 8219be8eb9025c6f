use crate::key::{client_ip::masked, facts::Facts, geo_field::GeoField};
pub(crate) use http_fields::ClaimPath;
use http_fields::{lenient, query};
use http_filter::{Attribute, FieldName, PathPattern, property};
use serde_json::Value as Claim;
use std::{borrow::Cow, hash::Hasher, net::IpAddr};

/// A part of a key, compiled.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    source: Source,
    /// The key of the descriptor's entry.
    entry: String,
}

/// Where a part is found.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    ClientIp {
        ipv4_prefix: u8,
        ipv6_prefix: u8,
    },
    Method,
    Host,
    Path,
    Route,
    Header(FieldName),
    Cookie(String),
    Query(String),
    Claim {
        path: ClaimPath,
        jwt_authn: Option<String>,
    },
    Template(Vec<Template>),
    Geo(GeoField),
    Constant(String),
    First(Vec<Part>),
}

/// A path pattern that stands for the paths it matches.
#[derive(Clone, Debug)]
pub(crate) struct Template(pub(crate) PathPattern);

/// What a part is in one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    Bytes(Cow<'a, [u8]>),
    /// An address, or the first one of a network.
    Address(IpAddr),
    /// The alternative of this number.
    Alternative(u8, Box<Value<'a>>),
}

/// A part that has several values: which one the upstream will believe, nobody can know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ambiguous;

impl Part {
    /// The client's address, which is what a policy counts by unless told otherwise.
    pub(crate) fn client_ip() -> Self {
        Self::new(Source::ADDRESS, None)
    }

    pub(crate) fn new(source: Source, entry: Option<String>) -> Self {
        let entry = entry.unwrap_or_else(|| source.name());
        Self { source, entry }
    }

    /// The key of the descriptor's entry.
    pub(crate) fn entry(&self) -> &str {
        &self.entry
    }

    /// Whether its values may be shown: what clients send in fields, cookies and parameters may be secret.
    pub(crate) fn is_public(&self) -> bool {
        match &self.source {
            Source::Header(_) | Source::Cookie(_) | Source::Query(_) => false,
            Source::First(parts) => parts.iter().all(Self::is_public),
            _ => true,
        }
    }

    /// The part in this request; `None` where the request lacks it. An empty value is none.
    pub(crate) fn value<'a>(&'a self, facts: &'a Facts<'_>) -> Result<Option<Value<'a>>, Ambiguous> {
        let bytes = match &self.source {
            Source::ClientIp {
                ipv4_prefix,
                ipv6_prefix,
            } => {
                let network = |address| Value::Address(masked(address, *ipv4_prefix, *ipv6_prefix));
                return Ok(facts.address().map(network));
            }
            Source::First(parts) => return first(parts, facts),
            Source::Method => Some(Cow::Owned(facts.request.method().to_ascii_uppercase())),
            Source::Host => Some(facts.request.host()),
            Source::Path => Some(facts.path().ok_or(Ambiguous)?),
            Source::Route => property::route_name(facts.host).map(Cow::Owned),
            Source::Header(name) => {
                let request = facts.request;
                let others = request.aliases(name).flat_map(|alias| request.all(alias));
                single(
                    request
                        .all(name)
                        .chain(others)
                        .map(|line| Cow::Borrowed(line.trim_ascii())),
                )?
            }
            Source::Cookie(name) => {
                let values = lenient::cookies_in_one_form(facts.request.all("cookie"), name);
                single(values.into_iter().map(Cow::Owned))?
            }
            Source::Query(name) => single(query::values(
                facts.request.query().unwrap_or_default(),
                name.as_bytes(),
            ))?,
            Source::Claim {
                path,
                jwt_authn: None,
            } => claim(path, facts.claims()).map(text),
            Source::Claim {
                path,
                jwt_authn: Some(name),
            } => {
                let mut members = vec![name.as_str()];
                members.extend(path.names());
                let claim = Attribute::DynamicMetadata {
                    filter: "envoy.filters.http.jwt_authn",
                    path: &members,
                };
                facts.host.attribute(claim).map(Cow::Owned)
            }
            Source::Template(patterns) => {
                let path = facts.path().ok_or(Ambiguous)?;
                let pattern = patterns.iter().find(|template| template.0.matches(&path, false));
                pattern.map(|template| Cow::Borrowed(template.0.as_str().as_bytes()))
            }
            Source::Geo(field) => facts
                .geo()
                .get(field.name())
                .and_then(|value| value.as_str())
                .map(|name| text(name.into())),
            Source::Constant(text) => Some(Cow::Borrowed(text.as_bytes())),
        };
        Ok(bytes.filter(|bytes| !bytes.is_empty()).map(Value::Bytes))
    }

    /// The text that [`Value::to_text`] gives where a request has what `text` says; `None` where none can.
    pub(crate) fn canonical(&self, text: String) -> Option<String> {
        match &self.source {
            Source::ClientIp {
                ipv4_prefix,
                ipv6_prefix,
            } => http_fields::parse_address(text.as_bytes())
                .map(|address| masked(address, *ipv4_prefix, *ipv6_prefix).to_string()),
            _ => Some(text),
        }
    }
}

impl Source {
    /// The client's address, as one customer has it.
    pub(crate) const ADDRESS: Self = Self::ClientIp {
        ipv4_prefix: 32,
        ipv6_prefix: 64,
    };

    /// What names the source in a descriptor.
    fn name(&self) -> String {
        match self {
            Self::ClientIp { ipv4_prefix: 32, .. } => "remote_address".into(),
            Self::ClientIp { .. } => "masked_remote_address".into(),
            Self::Method => "method".into(),
            Self::Host => "host".into(),
            Self::Path | Self::Template(_) => "path".into(),
            Self::Route => "route".into(),
            Self::Header(name) => name.to_string(),
            Self::Cookie(name) | Self::Query(name) => name.clone(),
            Self::Claim { path, .. } => path.dotted().into_owned(),
            Self::Geo(field) => field.name().into(),
            Self::Constant(_) => "constant".into(),
            Self::First(parts) => parts.first().map(|part| part.entry.clone()).unwrap_or_default(),
        }
    }

    /// Whether it names nothing.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Cookie(name) | Self::Query(name) | Self::Constant(name) => name.is_empty(),
            Self::Claim { path, jwt_authn } => {
                path.is_empty() || jwt_authn.as_ref().is_some_and(String::is_empty)
            }
            Self::Template(patterns) => patterns.is_empty(),
            Self::First(parts) => parts.is_empty(),
            _ => false,
        }
    }
}

impl Value<'_> {
    /// Writes the value so that no two values, and no two lists of values, are written alike.
    pub(crate) fn hash_into(&self, hasher: &mut impl Hasher) {
        let (tag, bytes): (u8, &[u8]) = match self {
            Self::Bytes(bytes) => (1, bytes),
            Self::Address(IpAddr::V4(address)) => (2, &address.octets()),
            Self::Address(IpAddr::V6(address)) => (3, &address.octets()),
            Self::Alternative(number, value) => {
                hasher.write(&[4, *number]);
                return value.hash_into(hasher);
            }
        };
        hasher.write(&[tag]);
        hasher.write(&(bytes.len() as u64).to_le_bytes());
        hasher.write(bytes);
    }

    /// The value as text.
    pub(crate) fn to_text(&self) -> String {
        match self {
            Self::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Self::Address(address) => address.to_string(),
            Self::Alternative(_, value) => value.to_text(),
        }
    }
}

fn first<'a>(parts: &'a [Part], facts: &'a Facts<'_>) -> Result<Option<Value<'a>>, Ambiguous> {
    for (number, part) in (0u8..).zip(parts) {
        if let Some(value) = part.value(facts)? {
            return Ok(Some(Value::Alternative(number, Box::new(value))));
        }
    }
    Ok(None)
}

/// The one value there is. Repetitions of it do no harm; a second value does.
fn single<'a>(mut values: impl Iterator<Item = Cow<'a, [u8]>>) -> Result<Option<Cow<'a, [u8]>>, Ambiguous> {
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.any(|other| other != value) {
        return Err(Ambiguous);
    }
    Ok(Some(value))
}

/// A claim as text; `None` for what isn't there, is null or empty.
fn claim<'a>(path: &ClaimPath, claims: &'a Claim) -> Option<Cow<'a, str>> {
    let text = match path.find(claims.as_object()?)? {
        Claim::Null => return None,
        Claim::String(text) => Cow::Borrowed(text.as_str()),
        other => Cow::Owned(other.to_string()),
    };
    (!text.is_empty()).then_some(text)
}

fn text(text: Cow<'_, str>) -> Cow<'_, [u8]> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}
