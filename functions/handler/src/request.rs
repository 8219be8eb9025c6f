//! A request as a value.

use crate::Problem;

/// What a runtime's adapter hands over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// The method, e.g. `GET`.
    pub method: String,
    /// The request target in origin form: path and query (RFC 9112 §3.2.1).
    pub target: String,
    /// Header lines, names in lower case.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body, up to one byte more than [`MAX_BODY`](crate::MAX_BODY).
    pub body: Vec<u8>,
}

impl Request {
    /// The path, as it was sent.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    /// The first line with this name, when it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(n, _)| n == name)?;
        std::str::from_utf8(value).ok()
    }

    /// A whole number from the query; `default` when it isn't there.
    pub(crate) fn number(&self, name: &'static str, default: u64, max: u64) -> Result<u64, Problem> {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        let mut values = query.split('&').filter_map(|pair| match pair.split_once('=') {
            Some((n, value)) if n == name => Some(value),
            None if pair == name => Some(""),
            _ => None,
        });
        match (values.next(), values.next()) {
            (None, _) => Ok(default),
            (Some(text), None) => {
                let number = text.parse().ok().filter(|number| *number <= max);
                number.ok_or(Problem::Parameter { name, max })
            }
            (Some(_), Some(_)) => Err(Problem::Parameter { name, max }),
        }
    }
}
