use cache_headers::CacheHeaders;
use compression_negotiation::CompressionNegotiation;
use edge_suite::EdgeSuite;
use geo_routing::GeoRouting;
use http_filter::{AnyPlugin, ConfigError, FilterConfig, Plugin, schema};
use jwt_auth::JwtAuth;
use rate_limit::RateLimit;
use serde_json::{Map, Value};
use std::rc::Rc;

/// Which of the filters; in the order in which requests should pass them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, clap::ValueEnum)]
pub enum FilterKind {
    /// jwt-auth.
    JwtAuth,
    /// rate-limit.
    RateLimit,
    /// geo-routing.
    GeoRouting,
    /// compression-negotiation.
    CompressionNegotiation,
    /// cache-headers.
    CacheHeaders,
    /// edge-suite: the five as one, with a section of configuration each.
    EdgeSuite,
}

impl FilterKind {
    /// Those that do one thing each, in the order in which requests should pass them.
    pub const SINGLE: [Self; 5] = [
        Self::JwtAuth,
        Self::RateLimit,
        Self::GeoRouting,
        Self::CompressionNegotiation,
        Self::CacheHeaders,
    ];

    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::JwtAuth,
        Self::RateLimit,
        Self::GeoRouting,
        Self::CompressionNegotiation,
        Self::CacheHeaders,
        Self::EdgeSuite,
    ];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::JwtAuth => JwtAuth::NAME,
            Self::RateLimit => RateLimit::NAME,
            Self::GeoRouting => GeoRouting::NAME,
            Self::CompressionNegotiation => CompressionNegotiation::NAME,
            Self::CacheHeaders => CacheHeaders::NAME,
            Self::EdgeSuite => EdgeSuite::NAME,
        }
    }

    /// The name of its section in a suite's configuration.
    pub fn section(self) -> String {
        self.name().replace('-', "_")
    }

    /// The filters that a configuration is for, each with its own: those of a suite that have a section, else itself.
    pub fn single(self, configuration: &Value) -> Vec<(Self, Value)> {
        if self != Self::EdgeSuite {
            return vec![(self, configuration.clone())];
        }
        let section = |kind: Self| Some((kind, configuration.get(kind.section())?.clone()));
        Self::SINGLE.into_iter().filter_map(section).collect()
    }

    /// The filter of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The filter whose name `text` mentions: a file, an image, a plugin. Of several the longest name counts.
    pub fn mentioned(text: &str) -> Option<Self> {
        let text = text.to_ascii_lowercase().replace('_', "-");
        Self::ALL.into_iter().find(|kind| text.contains(kind.name()))
    }

    /// The filter that a configuration is most likely for: the one that knows most of its members.
    pub fn of_configuration(document: &Value) -> Option<Self> {
        let members = document.as_object()?;
        let known = |kind: Self| {
            members
                .iter()
                .filter(|(name, value)| kind.knows(name, value))
                .count()
        };
        let best = Self::ALL.into_iter().max_by_key(|kind| {
            (
                known(*kind),
                kind.plugin(document).is_ok(),
                std::cmp::Reverse(*kind),
            )
        })?;
        (known(best) * 2 > members.len()).then_some(best)
    }

    fn knows(self, name: &str, value: &Value) -> bool {
        let one: Map<String, Value> = [(name.to_owned(), value.clone())].into_iter().collect();
        match self.plugin(&Value::Object(one)) {
            Ok(_) => true,
            Err(error) => error.path() != name || !error.problem().contains("unknown field"),
        }
    }

    /// The JSON Schema of its configuration.
    pub fn schema(self) -> Value {
        match self {
            Self::RateLimit => schema::<RateLimit>(),
            Self::GeoRouting => schema::<GeoRouting>(),
            Self::CacheHeaders => schema::<CacheHeaders>(),
            Self::CompressionNegotiation => schema::<CompressionNegotiation>(),
            Self::JwtAuth => schema::<JwtAuth>(),
            Self::EdgeSuite => schema::<EdgeSuite>(),
        }
    }

    /// The configured filter.
    ///
    /// # Errors
    /// [`ConfigError`], as the module would say it.
    pub fn plugin(self, configuration: &Value) -> Result<Box<dyn AnyPlugin>, ConfigError> {
        let text = match configuration {
            Value::Null => None,
            document => Some(document.to_string()),
        };
        let text = text.as_deref().map(str::as_bytes);
        Ok(match self {
            Self::JwtAuth => boxed::<JwtAuth>(text)?,
            Self::RateLimit => boxed::<RateLimit>(text)?,
            Self::GeoRouting => boxed::<GeoRouting>(text)?,
            Self::CompressionNegotiation => boxed::<CompressionNegotiation>(text)?,
            Self::CacheHeaders => boxed::<CacheHeaders>(text)?,
            Self::EdgeSuite => boxed::<EdgeSuite>(text)?,
        })
    }
}

fn boxed<C: FilterConfig>(text: Option<&[u8]>) -> Result<Box<dyn AnyPlugin>, ConfigError> {
    Ok(Box::new(Rc::new(Plugin::<C>::new(text)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn configurations_say_whose_they_are() {
        for (document, expected) in [
            (json!({"providers": {}}), Some(FilterKind::JwtAuth)),
            (
                json!({"policies": {"a": {}}, "rules": []}),
                Some(FilterKind::RateLimit),
            ),
            (
                json!({"regions": {}, "rules": [{"route": "nearest"}]}),
                Some(FilterKind::GeoRouting),
            ),
            (
                json!({"prefer": "gzip"}),
                Some(FilterKind::CompressionNegotiation),
            ),
            (
                json!({"rules": [{"preset": "api"}]}),
                Some(FilterKind::CacheHeaders),
            ),
            (
                json!({"jwt_auth": {"providers": {}}, "rate_limit": {}}),
                Some(FilterKind::EdgeSuite),
            ),
            (json!({"kind": "Deployment", "spec": {}}), None),
            (json!([1]), None),
        ] {
            assert_eq!(FilterKind::of_configuration(&document), expected, "{document}");
        }
    }
}
