//! What is wrong with a request, and how that is said (RFC 9457).

use serde_json::json;

use crate::limits::{MAX_BODY, MAX_VALUE};
use crate::{Response, StoreError};

/// Why a request is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The body isn't JSON, or nested too deeply.
    #[error("the body is not JSON: {0}")]
    NotJson(String),
    /// A query parameter is not a whole number in its range, or given twice.
    #[error("the query parameter `{name}` must be one whole number from 0 to {max}")]
    Parameter {
        /// The parameter.
        name: &'static str,
        /// The largest value that is allowed.
        max: u64,
    },
    /// There is nothing at this path.
    #[error("there is nothing at this path")]
    NotFound,
    /// There is, but not for this method.
    #[error("this path answers to {allow}")]
    Method {
        /// The value of the `Allow` field.
        allow: &'static str,
    },
    /// The body is larger than [`MAX_BODY`].
    #[error("the body is larger than {MAX_BODY} bytes")]
    TooLarge,
    /// The body is an image of more pixels than one request may have.
    #[error("the image has {width} × {height} pixels, and may have {most}")]
    TooManyPixels {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
        /// How many there may be in all.
        most: u64,
    },
    /// The body isn't an image that can be read.
    #[error("the body is no PNG or JPEG that can be read: {0}")]
    NotAnImage(String),
    /// Nothing outlives a request on this runtime.
    #[error("this runtime keeps nothing from one request to another")]
    NoStore,
    /// What outlives requests can't be had now.
    #[error("{0}")]
    Store(StoreError),
    /// A value is larger than may be kept.
    #[error("a value is larger than {MAX_VALUE} bytes")]
    ValueTooLarge,
    /// The body isn't declared to be JSON.
    #[error("the content type must be application/json")]
    MediaType,
    /// The body is JSON but not what this path works on.
    #[error("{pointer:?}: {detail}")]
    Unprocessable {
        /// Where in the body, as a JSON Pointer (RFC 6901).
        pointer: String,
        /// What is wrong there.
        detail: String,
    },
}

impl Problem {
    pub(crate) fn at(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::Unprocessable {
            pointer: pointer.into(),
            detail: detail.into(),
        }
    }

    /// Status, slug and title.
    fn kind(&self) -> (u16, &'static str, &'static str) {
        match self {
            Self::NotJson(_) => (400, "not_json", "The body is not JSON"),
            Self::Parameter { .. } => (400, "invalid_parameter", "A query parameter is not valid"),
            Self::NotFound => (404, "not_found", "Not found"),
            Self::Method { .. } => (405, "method_not_allowed", "Method not allowed"),
            Self::NotAnImage(_) => (400, "not_an_image", "The body is not an image"),
            Self::TooLarge | Self::ValueTooLarge | Self::TooManyPixels { .. } => {
                (413, "content_too_large", "Content too large")
            }
            Self::NoStore => (501, "no_store", "Nothing is kept here"),
            Self::Store(StoreError::Away) => (503, "store_unavailable", "Store unavailable"),
            Self::Store(StoreError::Full) => (507, "store_full", "Store full"),
            Self::MediaType => (415, "unsupported_media_type", "Unsupported media type"),
            Self::Unprocessable { .. } => (422, "unprocessable_content", "Unprocessable content"),
        }
    }
}

impl From<Problem> for Response {
    fn from(problem: Problem) -> Self {
        let (status, slug, title) = problem.kind();
        let mut body = json!({"type": format!("urn:edge:problem:{slug}"), "title": title, "status": status});
        if let Some(body) = body.as_object_mut() {
            match &problem {
                Problem::Unprocessable { pointer, detail } => {
                    body.insert("detail".to_owned(), json!(detail));
                    body.insert("pointer".to_owned(), json!(pointer));
                }
                _ => drop(body.insert("detail".to_owned(), json!(problem.to_string()))),
            }
        }
        let response = Self::new(status, "application/problem+json", body.to_string())
            .header("cache-control", "no-store");
        match problem {
            Problem::Method { allow } => response.header("allow", allow),
            _ => response,
        }
    }
}
