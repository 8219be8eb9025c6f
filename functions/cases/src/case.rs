//! What is asked.

use std::collections::BTreeMap;
use std::fs;

use serde::Deserialize;
use serde_json::Value;

use crate::Expected;
use crate::folder::folder;

/// One request, and what must come back.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What it shows.
    pub name: String,
    /// What is asked.
    pub request: Request,
    /// What must come back.
    pub response: Expected,
}

/// A request.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// `GET` by default.
    #[serde(default = "get")]
    pub method: String,
    /// Path and query.
    pub path: String,
    /// Header lines, names in lower case.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body as text.
    body: Option<String>,
    /// The body as JSON; it then has the content type of JSON unless the headers say another one.
    json: Option<Value>,
    /// The body is so many spaces.
    spaces: Option<usize>,
    /// The body is this file of the folder `files`.
    file: Option<String>,
}

impl Request {
    /// The header lines, with the content type that the body implies.
    #[must_use]
    pub fn lines(&self) -> Vec<(String, String)> {
        let mut lines: Vec<_> = self.headers.clone().into_iter().collect();
        if self.json.is_some() && !self.headers.contains_key("content-type") {
            lines.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        lines
    }

    /// The body.
    ///
    /// # Errors
    /// When its file can't be read.
    pub fn body(&self) -> std::io::Result<Vec<u8>> {
        if let Some(file) = &self.file {
            return fs::read(folder().join("files").join(file));
        }
        let json = self.json.as_ref().map(|json| json.to_string().into_bytes());
        let text = self.body.clone().map(String::into_bytes);
        Ok(json
            .or(text)
            .unwrap_or_else(|| vec![b' '; self.spaces.unwrap_or_default()]))
    }
}

fn get() -> String {
    "GET".to_owned()
}
