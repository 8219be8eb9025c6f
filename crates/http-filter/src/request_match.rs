use crate::{
    Concerns, FieldName, Headers, HostPattern, Marks, OneOrMany, PathPattern, Reading, ValuePattern,
    document, document::Pairs, from_text::read_text,
};
use http_fields::{cookies, is_token, lenient, query};

document! {
    /// Which requests a rule is for. Every condition must hold; one that isn't given always does.
    ///
    /// ```
    /// use http_filter::{Headers, Match, document};
    /// let rule: Match = document::read(&serde_json::json!({"path": ["/api/*", "/rpc"], "methods": "POST", "headers": {"x-beta": true}})).unwrap();
    /// let request: Headers = [(":method", "POST"), (":path", "/api/x?y"), ("x-beta", "1")].into_iter().collect();
    /// assert!(rule.matches(&request));
    /// ```
    #[derive(Clone, PartialEq, Eq)]
    pub struct Match {
        /// Hosts, without port: `example.com`, or `*.example.com` for everything below it.
        pub host ("host"): OneOrMany<HostPattern>,
        /// Path patterns.
        pub path ("path"): OneOrMany<PathPattern>,
        /// Whether `path` holds in any case of ASCII letters: for upstreams that don't tell cases apart.
        pub ignore_case ("ignore_case"): bool,
        /// Methods, upper case.
        pub methods ("methods"): OneOrMany<Method>,
        /// Header fields: a name and what one of its lines must be.
        pub headers ("headers"): Pairs<FieldName, ValuePattern>,
        /// Cookies: a name and what its value must be.
        pub cookies ("cookies"): Pairs<String, ValuePattern>,
        /// Query parameters: a name and what its value, percent-decoded, must be.
        pub query ("query"): Pairs<String, ValuePattern>,
    }
}

impl Match {
    /// Whether `request`, as it stands, meets every condition. A rule that protects something asks all
    /// [readings](Headers::readings).
    pub fn matches(&self, request: &Headers) -> bool {
        self.matches_as(request.readings(self.concerns()).first(), request)
    }

    /// Whether `request`, read in one way, meets every condition. The reading is one of those by what this [concerns](Self::concerns).
    pub fn matches_as(&self, reading: Reading<'_>, request: &Headers) -> bool {
        (self.methods.is_empty()
            || self
                .methods
                .iter()
                .any(|method| method.0.as_bytes() == reading.method))
            && (self.path.is_empty()
                || self
                    .path
                    .iter()
                    .any(|pattern| pattern.matches(reading.path, self.ignore_case)))
            && self.matches_aside_from_target(reading, request)
    }

    /// What of a request these conditions are about.
    pub fn concerns(&self) -> Concerns {
        Concerns {
            target: !(self.path.is_empty() && self.methods.is_empty()),
            host: !self.host.is_empty(),
            fields: Marks::of(self.headers.iter().map(|(name, _)| name.as_str())),
            cookies: !self.cookies.is_empty(),
            query: !self.query.is_empty(),
        }
    }

    /// Whether `request`, read in one way, meets the conditions that are neither on its path nor on its method.
    pub fn matches_aside_from_target(&self, reading: Reading<'_>, request: &Headers) -> bool {
        (self.host.is_empty() || self.host.iter().any(|host| host.matches(reading.host)))
            && self.headers.iter().all(|(name, pattern)| match reading.lenient {
                false => pattern.matches(request.all(name)),
                true => pattern.matches(request.with_aliases(name).into_iter()),
            })
            && self.cookies.iter().all(|(name, pattern)| {
                let lines = request.all("cookie");
                if reading.lenient {
                    return is_met(pattern, &lenient::cookie_values(lines, name));
                }
                let cookies = cookies::all(lines).filter(|cookie| cookie.name == name.as_bytes());
                pattern.matches(cookies.map(|cookie| cookie.value))
            })
            && self.query.iter().all(|(name, pattern)| {
                if reading.lenient {
                    return is_met(pattern, &lenient::query_values(request.target(), name));
                }
                let query = request.query().unwrap_or_default();
                is_met(
                    pattern,
                    &query::values(query, name.as_bytes()).collect::<Vec<_>>(),
                )
            })
    }
}

fn is_met(pattern: &ValuePattern, values: &[impl AsRef<[u8]>]) -> bool {
    pattern.matches(values.iter().map(AsRef::as_ref))
}

/// A method's name: a token (RFC 9110 §9.1), case-sensitive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method(pub String);

read_text!(
    Method,
    "a method such as \"GET\", in upper case",
    "^[!#$%&'*+.^_`|~0-9A-Z-]+$",
    |text: &str| {
        (is_token(text.as_bytes()) && !text.bytes().any(|byte| byte.is_ascii_lowercase()))
            .then(|| Method(text.to_owned()))
    }
);
read_text!(
    FieldName,
    "a header field's name",
    "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$",
    |text: &str| { is_token(text.as_bytes()).then(|| FieldName::from(text.to_ascii_lowercase())) }
);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::read;
    use serde_json::json;

    #[test]
    fn conditions_hold_together() {
        let request: Headers = [
            (":method", "GET"),
            (":path", "/api/users/7?debug=a%20b&x"),
            (":authority", "API.example.com:8443"),
            ("x-env", "dev"),
            ("x-env", "prod-eu"),
            ("cookie", "a=1; session=s=9"),
        ]
        .into_iter()
        .collect();
        for (name, document, expected) in [
            ("nothing", json!({}), true),
            ("method", json!({"methods": ["HEAD", "GET"]}), true),
            ("other method", json!({"methods": "POST"}), false),
            ("path", json!({"path": "/api/users/{id}"}), true),
            ("path in its case", json!({"path": "/API/*"}), false),
            (
                "path in any case",
                json!({"path": "/API/Users/{id}", "ignore_case": true}),
                true,
            ),
            ("other path", json!({"path": ["/x", "/y/*"]}), false),
            ("host", json!({"host": "api.example.com"}), true),
            ("wildcard host", json!({"host": "*.example.com"}), true),
            ("not below itself", json!({"host": "*.api.example.com"}), false),
            ("header of any line", json!({"headers": {"X-Env": "prod*"}}), true),
            ("header absent", json!({"headers": {"x-env": false}}), false),
            ("absent header", json!({"headers": {"x-none": false}}), true),
            ("cookie", json!({"cookies": {"session": "s=9"}}), true),
            ("cookie suffix", json!({"cookies": {"session": "*8"}}), false),
            ("query decoded", json!({"query": {"debug": "a b"}}), true),
            ("query present", json!({"query": {"x": true}}), true),
            ("query contains", json!({"query": {"debug": "* *"}}), true),
            (
                "all",
                json!({"methods": "GET", "host": "api.example.com", "query": {"y": true}}),
                false,
            ),
        ] {
            assert_eq!(
                read::<Match>(&document).unwrap().matches(&request),
                expected,
                "{name}"
            );
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (document, expected) in [
            (
                json!({"paths": "/"}),
                "paths: found an unknown field, expected one of host, path",
            ),
            (
                json!({"methods": ["get"]}),
                "methods[0]: found \"get\", expected a method",
            ),
            (
                json!({"host": "a.b:80"}),
                "host: found \"a.b:80\", expected a host",
            ),
            (
                json!({"headers": {"a b": true}}),
                "headers.a b: found this name, expected a header field's name",
            ),
            (json!({"path": "x"}), "path: found \"x\", expected a path such as"),
        ] {
            let error = read::<Match>(&document).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
