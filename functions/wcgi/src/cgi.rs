//! What a request and an answer look like to a CGI program (RFC 3875).

use functions_handler::{Request, Response};

/// The request that these variables tell of, with this body.
///
/// The target is `REQUEST_URI`, which hosts set beside what the RFC demands; without it, `PATH_INFO` and `QUERY_STRING`.
pub(crate) fn request(variables: &[(String, Vec<u8>)], body: Vec<u8>) -> Request {
    let variable = |wanted: &str| {
        let (_, value) = variables.iter().find(|(name, _)| name == wanted)?;
        Some(String::from_utf8_lossy(value).into_owned()).filter(|value| !value.is_empty())
    };
    let target = variable("REQUEST_URI").unwrap_or_else(|| {
        let path = variable("PATH_INFO").unwrap_or_else(|| "/".to_owned());
        match variable("QUERY_STRING") {
            Some(query) => format!("{path}?{query}"),
            None => path,
        }
    });
    Request {
        method: variable("REQUEST_METHOD").unwrap_or_else(|| "GET".to_owned()),
        target,
        headers: variables
            .iter()
            .filter_map(|(name, value)| Some((field(name)?, value.clone())))
            .collect(),
        body,
    }
}

/// The header field that a variable stands for (RFC 3875 §4.1.18).
fn field(variable: &str) -> Option<String> {
    match variable {
        "CONTENT_TYPE" => Some("content-type".to_owned()),
        "CONTENT_LENGTH" => Some("content-length".to_owned()),
        _ => {
            let name = variable.strip_prefix("HTTP_").filter(|name| !name.is_empty())?;
            Some(name.to_ascii_lowercase().replace('_', "-"))
        }
    }
}

/// The head of the answer (RFC 3875 §6), with the empty line that ends it.
pub(crate) fn head(response: &Response) -> String {
    let mut head = format!("Status: {}\r\n", response.status);
    for (name, value) in &response.headers {
        head.push_str(name);
        head.push_str(": ");
        head.push_str(value);
        head.push_str("\r\n");
    }
    head.push_str("\r\n");
    head
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[allow(clippy::type_complexity, reason = "a table")]
    fn requests_by_their_variables() {
        let rows: &[(&str, &[(&str, &str)], &str, &str, &[(&str, &str)])] = &[
            ("nothing said", &[], "GET", "/", &[]),
            (
                "the target as it came",
                &[
                    ("REQUEST_METHOD", "POST"),
                    ("REQUEST_URI", "/a?b"),
                    ("PATH_INFO", "/c"),
                ],
                "POST",
                "/a?b",
                &[],
            ),
            (
                "the target in two",
                &[("PATH_INFO", "/a"), ("QUERY_STRING", "b=1")],
                "GET",
                "/a?b=1",
                &[],
            ),
            (
                "an empty query",
                &[("PATH_INFO", "/a"), ("QUERY_STRING", "")],
                "GET",
                "/a",
                &[],
            ),
            (
                "fields",
                &[
                    ("CONTENT_TYPE", "text/plain"),
                    ("HTTP_X_GEO_COUNTRY", "DE"),
                    ("HTTP_", "x"),
                    ("HOME", "/"),
                ],
                "GET",
                "/",
                &[("content-type", "text/plain"), ("x-geo-country", "DE")],
            ),
        ];
        for (name, variables, method, target, headers) in rows {
            let variables: Vec<_> = variables
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
                .collect();
            let request = request(&variables, b"body".to_vec());
            let expected: Vec<_> = headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
                .collect();
            assert_eq!(
                (request.method.as_str(), request.target.as_str()),
                (*method, *target),
                "{name}"
            );
            assert_eq!(request.headers, expected, "{name}");
            assert_eq!(request.body, b"body", "{name}");
        }
    }
}
