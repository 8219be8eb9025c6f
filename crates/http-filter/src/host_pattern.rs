use crate::document::Text;
use http_fields::host;

/// A host name, or everything below one, in its [normal form](http_fields::host).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPattern {
    /// What hosts end with, the dot included, where it stands for all below.
    below: bool,
    name: String,
}

impl HostPattern {
    /// Whether `host`, [in its normal form](crate::Headers::host), is this one.
    pub fn matches(&self, host: &[u8]) -> bool {
        match self.below {
            true => host.len() > self.name.len() && host.ends_with(self.name.as_bytes()),
            false => host == self.name.as_bytes(),
        }
    }
}

impl Text for HostPattern {
    const EXPECTED: &'static str = "a host such as \"example.com\" or \"*.example.com\", without port";
    const PATTERN: Option<&'static str> = Some("^([*][.])?[!-)+-.0-~]+$");

    fn parse(text: &str) -> Option<Self> {
        let (below, name) = match text.strip_prefix("*.") {
            Some(name) => (true, name),
            None => (false, text),
        };
        let normal = String::from_utf8(host(name.as_bytes()).into_owned()).ok()?;
        let is_address = normal.starts_with('[');
        let is_name = normal.len() + 1 >= name.len()
            && normal
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
        let valid = !normal.is_empty() && if is_address { !below } else { is_name };
        valid.then(|| Self {
            below,
            name: if below { [".", &normal].concat() } else { normal },
        })
    }

    fn advice(text: &str) -> Option<String> {
        let advice = "it as clients send it, in ASCII: \"xn--bcher-kva.example\" for \"bücher.example\"";
        (!text.is_ascii()).then(|| advice.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_hosts() {
        for (pattern, authority, expected) in [
            ("a.example", "A.Example.:443", true),
            ("A.example.", "a.example", true),
            ("a.example", "user@a.example", true),
            ("a.example", "b.a.example", false),
            ("*.example", "a.example.", true),
            ("*.example", "example", false),
            ("*.example", "evilexample", false),
            ("[::1]", "[0::1]:80", true),
            ("::1", "[::1]", true),
            ("192.0.2.1", "192.0.2.1:80", true),
        ] {
            let parsed = HostPattern::parse(pattern).unwrap();
            assert_eq!(
                parsed.matches(&host(authority.as_bytes())),
                expected,
                "{pattern} ~ {authority}"
            );
        }
        for text in [
            "",
            "*.",
            "a.b:80",
            "u@a.b",
            "a b",
            "a/b",
            "*.*.b",
            "b\u{fc}cher.example",
            "*.[::1]",
            "a..:1",
        ] {
            assert_eq!(HostPattern::parse(text), None, "{text}");
        }
    }
}
