//! A part of a key, as it's written: a word, or one member that says where it's found.

use crate::key::{
    geo_field::GeoField,
    part::{ClaimPath, Part, Source, Template},
};
use http_filter::{
    ConfigError, FieldName, OneOrMany, PathPattern, choice, document,
    document::{Node, Read, Refused, Within},
};
use serde_json::Value;

/// The parts of a key.
#[derive(Clone, Debug)]
pub(crate) struct Parts {
    pub(crate) parts: Vec<Part>,
    /// As they are written: keys that are written alike are alike.
    pub(crate) text: String,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            parts: vec![Part::client_ip()],
            text: "\"client_ip\"".to_owned(),
        }
    }
}

impl Read for Parts {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        let OneOrMany(parts) = OneOrMany::read(node)?;
        let text = node.value().to_string();
        Ok(Self { parts, text })
    }
}

document! {
    /// Where a part of a key is found: exactly one of these, and perhaps `as`.
    #[null(absent)]
    struct PartDocument {
        /// The client's network.
        client_ip ("client_ip"): Option<NetworkDocument>,
        /// A request header.
        header ("header"): Option<FieldName>,
        /// A cookie.
        cookie ("cookie"): Option<String>,
        /// A query parameter, decoded.
        query ("query"): Option<String>,
        /// A claim that jwt-auth verified: its name, a dotted path, or a list of names.
        claim ("claim"): Option<OneOrMany<String>>,
        /// The first path pattern that matches.
        path ("path"): Option<OneOrMany<PathPattern>>,
        /// What geo-routing found.
        geo ("geo"): Option<GeoField>,
        /// Always this.
        constant ("constant"): Option<String>,
        /// The first of these that the request has.
        first ("first"): Option<OneOrMany<Part>>,
        /// The key of the descriptor's entry.
        entry ("as"): Option<String>,
        /// With `claim`: under which name Envoy's `jwt_authn` wrote the claims (`payload_in_metadata`).
        jwt_authn ("jwt_authn"): Option<String>,
    }
}

document! {
    /// A client's network.
    #[null(absent)]
    struct NetworkDocument {
        /// How many bits of an IPv4 address.
        ipv4_prefix ("ipv4_prefix"): Within<0, 32> = Within(32),
        /// How many bits of an IPv6 address.
        ipv6_prefix ("ipv6_prefix"): Within<0, 128> = Within(64),
    }
}

choice! {
    /// A part of a key that one word says.
    enum KeyWord {
        /// The client's address.
        ClientIp = "client_ip",
        /// The method.
        Method = "method",
        /// The host.
        Host = "host",
        /// The path.
        Path = "path",
        /// The name of the route.
        Route = "route",
        /// The country, which geo-routing found.
        Country = "country",
    }
}

impl Read for Part {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        if let Value::String(_) = node.value() {
            let source = match KeyWord::read(node)? {
                KeyWord::ClientIp => Source::ADDRESS,
                KeyWord::Method => Source::Method,
                KeyWord::Host => Source::Host,
                KeyWord::Path => Source::Path,
                KeyWord::Route => Source::Route,
                KeyWord::Country => Source::Geo(GeoField::Country),
            };
            return Ok(Self::new(source, None));
        }
        PartDocument::read(node)?
            .compile()
            .map_err(|error| node.refuse_with(error))
    }
}

impl PartDocument {
    fn compile(self) -> Result<Part, ConfigError> {
        let jwt_authn = self.jwt_authn;
        if jwt_authn.is_some() && self.claim.is_none() {
            return Err(ConfigError::at("", "jwt_authn", "a name", "a claim beside it"));
        }
        let sources = [
            (
                "client_ip",
                self.client_ip.map(|network| Source::ClientIp {
                    ipv4_prefix: network.ipv4_prefix.0 as u8,
                    ipv6_prefix: network.ipv6_prefix.0 as u8,
                }),
            ),
            ("header", self.header.map(Source::Header)),
            ("cookie", self.cookie.map(Source::Cookie)),
            ("query", self.query.map(Source::Query)),
            (
                "claim",
                self.claim.map(|path| Source::Claim {
                    path: ClaimPath::new(path.0),
                    jwt_authn,
                }),
            ),
            (
                "path",
                self.path
                    .map(|patterns| Source::Template(patterns.into_iter().map(Template).collect())),
            ),
            ("geo", self.geo.map(Source::Geo)),
            ("constant", self.constant.map(Source::Constant)),
            ("first", self.first.map(|parts| Source::First(parts.0))),
        ];
        let mut found = sources
            .into_iter()
            .filter_map(|(name, source)| Some((name, source?)));
        let (Some((name, source)), None) = (found.next(), found.next()) else {
            let expected = "one of client_ip, header, cookie, query, claim, path, geo, constant, first";
            return Err(ConfigError::at("", "", "none or several of them", expected));
        };
        if source.is_empty() {
            return Err(ConfigError::at(name, "", "an empty one", "a name"));
        }
        Ok(Part::new(source, self.entry))
    }
}

http_filter::describe! {
    mod describe {
        use super::{KeyWord, Part, PartDocument, Parts};
        use http_filter::{OneOrMany, document::{Describe, Schemas}};
        use serde_json::{Value, json};

        impl Describe for Part {
            fn describe(schemas: &mut Schemas) -> Value {
                json!({"anyOf": [KeyWord::describe(schemas), PartDocument::describe(schemas)]})
            }
        }

        impl Describe for Parts {
            fn describe(schemas: &mut Schemas) -> Value {
                OneOrMany::<Part>::describe(schemas)
            }

            fn written(&self) -> Option<Value> {
                serde_json::from_str(&self.text).ok()
            }
        }
    }
}
