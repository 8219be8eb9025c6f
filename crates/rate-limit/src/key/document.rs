use super::part::{ClaimPath, Part, Source, Template};
use http_filter::{ConfigError, FieldName, OneOrMany, PathPattern};
use serde::{
    Deserialize, Deserializer,
    de::{self, value::MapAccessDeserializer},
};
use std::fmt;

/// A part of a key, as it's written: a word, or one member that says where it's found.
#[derive(Debug)]
pub enum PartDocument {
    /// `client_ip`, `method`, `host`, `path`, `route` or `country`.
    Word(Word),
    /// `{header: x-api-key}` and the like.
    Fields(Box<PartFields>),
}

/// A part of a key that is one word.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// The client's address, IPv6 by /64.
    ClientIp,
    /// The method.
    Method,
    /// The host, without port, in lower case.
    Host,
    /// The whole path, without query.
    Path,
    /// The name of Envoy's route.
    Route,
    /// The country that geo-routing found.
    Country,
}

/// A part of a key with its source. Exactly one of the members before `as` is given.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PartFields {
    /// The network of the client's address.
    pub client_ip: Option<NetworkDocument>,
    /// A request header.
    pub header: Option<FieldName>,
    /// A cookie, by its name.
    pub cookie: Option<String>,
    /// A query parameter, by its name.
    pub query: Option<String>,
    /// A claim of the verified token: its name, names joined by dots, or a list of names.
    pub claim: Option<OneOrMany<String>>,
    /// Path patterns: the first that matches stands for the path.
    pub path: Option<OneOrMany<PathPattern>>,
    /// What geo-routing found: `country`, `continent` or `region`.
    pub geo: Option<GeoField>,
    /// A text that's the same for all requests.
    pub constant: Option<String>,
    /// The first of these parts that the request has.
    pub first: Option<Vec<PartDocument>>,
    /// The key of the descriptor's entry. Default: what names the source.
    #[serde(rename = "as")]
    pub entry: Option<String>,
    /// With `claim`: read it from the metadata that Envoy's `jwt_authn` filter writes under this name
    /// (`payload_in_metadata`). Default: from the jwt-auth filter.
    pub jwt_authn: Option<String>,
}

/// How much of an address is the client's.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkDocument {
    /// Bits of an IPv4 address. Default: 32.
    pub ipv4_prefix: u8,
    /// Bits of an IPv6 address. Default: 64, what one customer usually has.
    pub ipv6_prefix: u8,
}

impl Default for NetworkDocument {
    fn default() -> Self {
        Self {
            ipv4_prefix: 32,
            ipv6_prefix: 64,
        }
    }
}

/// What geo-routing publishes of a client.
#[derive(Clone, Copy, Debug, Deserialize, Hash, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum GeoField {
    /// The ISO 3166-1 country.
    Country,
    /// The continent.
    Continent,
    /// The region of the configuration.
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

impl PartDocument {
    /// Checks and prepares the part.
    pub(crate) fn compile(self) -> Result<Part, ConfigError> {
        let fields = match self {
            Self::Word(word) => return Ok(Part::new(word.source(), None)),
            Self::Fields(fields) => *fields,
        };
        let PartFields {
            client_ip,
            header,
            cookie,
            query,
            claim,
            path,
            geo,
            constant,
            first,
            entry,
            jwt_authn,
        } = fields;
        if jwt_authn.is_some() && claim.is_none() {
            return Err(ConfigError::new("jwt_authn", "a name", "a claim beside it"));
        }
        let mut sources = Vec::new();
        if let Some(network) = client_ip {
            sources.push(network.source()?);
        }
        sources.extend(header.map(|name| Source::Header(name.0)));
        sources.extend(cookie.map(Source::Cookie));
        sources.extend(query.map(Source::Query));
        sources.extend(claim.map(|path| Source::Claim {
            path: ClaimPath::new(path.0),
            jwt_authn,
        }));
        sources.extend(path.map(|patterns| Source::Template(patterns.into_iter().map(Template).collect())));
        sources.extend(geo.map(Source::Geo));
        sources.extend(constant.map(Source::Constant));
        if let Some(parts) = first {
            sources.push(Source::First(compile_all(parts, "first")?));
        }
        match (sources.pop(), sources.is_empty()) {
            (Some(source), true) if source.is_empty() => {
                Err(ConfigError::new("", "an empty source", "a name"))
            }
            (Some(source), true) => Ok(Part::new(source, entry)),
            (None, _) => Err(ConfigError::new("", "no source", SOURCES)),
            (Some(_), false) => Err(ConfigError::new("", "several sources", "one: a part each")),
        }
    }
}

/// Compiles the parts of a list at `path`.
pub(crate) fn compile_all(parts: Vec<PartDocument>, path: &str) -> Result<Vec<Part>, ConfigError> {
    let compile = |(index, part): (usize, PartDocument)| {
        part.compile()
            .map_err(|error| error.within(&format!("{path}[{index}]")))
    };
    parts.into_iter().enumerate().map(compile).collect()
}

impl Word {
    fn source(self) -> Source {
        match self {
            Self::ClientIp => Source::ClientIp {
                ipv4_prefix: 32,
                ipv6_prefix: 64,
            },
            Self::Method => Source::Method,
            Self::Host => Source::Host,
            Self::Path => Source::Path,
            Self::Route => Source::Route,
            Self::Country => Source::Geo(GeoField::Country),
        }
    }
}

impl NetworkDocument {
    fn source(self) -> Result<Source, ConfigError> {
        let Self {
            ipv4_prefix,
            ipv6_prefix,
        } = self;
        for (field, found, bits) in [
            ("ipv4_prefix", ipv4_prefix, 32),
            ("ipv6_prefix", ipv6_prefix, 128),
        ] {
            if found > bits {
                return Err(ConfigError::new(
                    ["client_ip.", field].concat(),
                    found,
                    format_args!("0 to {bits}"),
                ));
            }
        }
        Ok(Source::ClientIp {
            ipv4_prefix,
            ipv6_prefix,
        })
    }
}

const SOURCES: &str = "client_ip, header, cookie, query, claim, path, geo, constant or first";

impl<'de> Deserialize<'de> for PartDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = PartDocument;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(
                    "client_ip, method, host, path, route, country, or a source such as {header: x-api-key}",
                )
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<PartDocument, E> {
                Word::deserialize(de::value::StrDeserializer::new(word)).map(PartDocument::Word)
            }
            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<PartDocument, A::Error> {
                PartFields::deserialize(MapAccessDeserializer::new(map))
                    .map(|fields| PartDocument::Fields(Box::new(fields)))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
