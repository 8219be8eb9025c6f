use cache_headers::CacheHeaders;
use compression_negotiation::CompressionNegotiation;
use edge_suite::EdgeSuite;
use geo_routing::GeoRouting;
use http_filter::{AnyPlugin, ConfigError, FilterConfig, Plugin, schema};
use jwt_auth::JwtAuth;
use rate_limit::RateLimit;
use serde_json::Value;
use std::rc::Rc;

use crate::fit::Fit;

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

    /// The filters that a configuration is most likely for: one, several that it tells nothing apart of, or none.
    pub fn candidates(document: &Value) -> Vec<Self> {
        let fits: Vec<_> = Self::ALL
            .map(|kind| (kind, Fit::of(&kind.schema(), document)))
            .into();
        let best = fits
            .iter()
            .filter(|(_, fit)| fit.is_likely())
            .map(|(_, fit)| fit.balance())
            .max();
        let best: Vec<_> = fits
            .iter()
            .filter(|(_, fit)| fit.is_likely() && Some(fit.balance()) == best)
            .map(|(kind, _)| *kind)
            .collect();
        let accepting: Vec<_> = best
            .iter()
            .copied()
            .filter(|kind| kind.plugin(document).is_ok())
            .collect();
        match accepting.as_slice() {
            [_] => accepting,
            _ => best,
        }
    }

    /// The one filter that a configuration is for, where that shows.
    pub fn of_configuration(document: &Value) -> Option<Self> {
        match Self::candidates(document).as_slice() {
            [one] => Some(*one),
            _ => None,
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
            (
                json!({"rules": [{"match": {"path": "/a"}, "browser": {"max_aeg": "1y"}}]}),
                Some(FilterKind::CacheHeaders),
            ),
            (
                json!({"rules": [{"match": {"path": "/a"}, "require": "corp"}]}),
                Some(FilterKind::JwtAuth),
            ),
            (json!({"rules": [{"limit": "site"}]}), Some(FilterKind::RateLimit)),
            (json!({"rules": [{"match": {"path": "/a"}}]}), None),
            (
                json!({"groups": [{"name": "edge", "rules": [{"alert": "Down"}]}]}),
                None,
            ),
            (json!({"kind": "Deployment", "spec": {}}), None),
            (json!([1]), None),
        ] {
            assert_eq!(FilterKind::of_configuration(&document), expected, "{document}");
        }
    }
}
