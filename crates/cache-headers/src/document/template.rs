use http_fields::{percent, query};
use http_filter::{Headers, document::Text};

/// A surrogate key with placeholders: `{host}`, `{path}`, `{path.2}` (the second segment), `{query.id}`,
/// `{header.x-shop}` of the request, `{response.x-id}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    Host,
    Path,
    Segment(usize),
    Query(String),
    Request(String),
    Response(String),
}

impl Text for Template {
    const EXPECTED: &'static str = "a key such as \"site\" or \"{host}\", with {path}, {path.1}, {query.<name>}, {header.<name>} or {response.<name>}";
    const EXAMPLES: &'static [&'static str] = &["site", "{host}", "product-{path.2}"];

    fn parse(text: &str) -> Option<Self> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((literal, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}')?;
            parts.push(Part::literal(literal)?);
            parts.push(Part::placeholder(name)?);
            rest = after;
        }
        parts.push(Part::literal(rest)?);
        parts.retain(|part| *part != Part::Literal(String::new()));
        (!parts.is_empty()).then_some(Self { parts })
    }
}

impl Template {
    /// What the request gives, one value for each part; `None` for what is missing, or the response's to give.
    pub(crate) fn request_values(&self, request: &Headers) -> Vec<Option<Vec<u8>>> {
        self.parts
            .iter()
            .map(|part| part.request_value(request))
            .collect()
    }

    /// The key, with what the request gave; `None` where something is missing, or the key would be too long.
    pub(crate) fn expand(&self, request_values: &[Option<Vec<u8>>], response: &Headers) -> Option<Vec<u8>> {
        let mut key = Vec::new();
        for (part, value) in self.parts.iter().zip(request_values) {
            match part {
                Part::Literal(text) => key.extend_from_slice(text.as_bytes()),
                Part::Response(name) => key.extend(percent::encode(response.single(name).ok()??, is_plain)),
                _ => key.extend(percent::encode(value.as_deref()?, is_plain)),
            }
            if key.len() > MAX_KEY {
                return None;
            }
        }
        (!key.is_empty()).then_some(key)
    }
}

impl Part {
    fn literal(text: &str) -> Option<Self> {
        let valid = text.bytes().all(is_plain) && !text.contains(['{', '}']);
        valid.then(|| Self::Literal(text.to_owned()))
    }

    fn placeholder(name: &str) -> Option<Self> {
        let (kind, argument) = name.split_once('.').unwrap_or((name, ""));
        let named =
            |part: fn(String) -> Self| (!argument.is_empty()).then(|| part(argument.to_ascii_lowercase()));
        match (kind, argument) {
            ("host", "") => Some(Self::Host),
            ("path", "") => Some(Self::Path),
            ("path", number) => match number.parse() {
                Ok(1..=64) => Some(Self::Segment(number.parse().ok()?)),
                _ => None,
            },
            ("query", name) if !name.is_empty() => Some(Self::Query(name.to_owned())),
            ("header", _) => named(Self::Request),
            ("response", _) => named(Self::Response),
            _ => None,
        }
    }

    fn request_value(&self, request: &Headers) -> Option<Vec<u8>> {
        let value = match self {
            Self::Literal(_) | Self::Response(_) => return None,
            Self::Host => request.authority().to_ascii_lowercase(),
            Self::Path => request.path().to_vec(),
            Self::Segment(number) => {
                let mut segments = request.path().split(|byte| *byte == b'/');
                segments.nth(*number)?.to_vec()
            }
            Self::Query(name) => query::values(request.query().unwrap_or_default(), name.as_bytes())
                .next()?
                .into_owned(),
            Self::Request(name) => request.single(name).ok()??.to_vec(),
        };
        (!value.is_empty() && value.len() <= MAX_KEY).then_some(value)
    }
}

/// What a client or an origin gave and may stand in a key as it came: all else could end the key or the field.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~/:@!$&*+=".contains(&byte)
}

/// The longest key that CDNs take, in bytes.
const MAX_KEY: usize = 1024;

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(text: &str) -> Option<String> {
        let request: Headers = [
            (":authority", "Shop.example.com"),
            (":path", "/p/42/a b?id=x%2Cy&empty="),
            ("x-shop", "a,b"),
        ]
        .into_iter()
        .collect();
        let response: Headers = [("x-id", "7 \r8")].into_iter().collect();
        let template = Template::parse(text).unwrap();
        template
            .expand(&template.request_values(&request), &response)
            .map(|key| String::from_utf8(key).unwrap())
    }

    #[test]
    fn keys() {
        for (text, expected) in [
            ("site", Some("site")),
            ("{host}", Some("shop.example.com")),
            ("product-{path.2}", Some("product-42")),
            ("{path}", Some("/p/42/a%20b")),
            ("q:{query.id}", Some("q:x%2Cy")),
            ("{header.X-Shop}", Some("a%2Cb")),
            ("r-{response.x-id}", Some("r-7%20%0D8")),
            ("{path.9}", None),
            ("{query.empty}", None),
            ("{header.none}", None),
            ("{response.none}", None),
        ] {
            assert_eq!(expand(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn mistakes() {
        for text in [
            "",
            "a b",
            "a,b",
            "{",
            "}",
            "{}",
            "{path.0}",
            "{path.x}",
            "{header}",
            "{claim.sub}",
            "{host.x}",
        ] {
            assert_eq!(Template::parse(text), None, "{text:?}");
        }
    }
}
