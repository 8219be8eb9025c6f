//! What a step of the tour should show.

use std::fmt;

use serde_json::Value;

use super::answer::Answer;

/// Something an answer must have.
#[derive(Debug, Clone)]
pub(super) enum Expect {
    /// The status.
    Status(u16),
    /// A header line with this name contains this text.
    Header(&'static str, &'static str),
    /// A filter answered; the backend was not asked.
    NotForwarded,
    /// The content coding; `None` for plain content.
    Coding(Option<&'static str>),
    /// What a JSON Pointer finds in the content.
    Json(&'static str, Value),
    /// What a JSON Pointer must not find in the content.
    JsonIsNot(&'static str, Value),
}

impl Expect {
    pub(super) fn holds(&self, answer: &Answer) -> bool {
        let response = &answer.response;
        match self {
            Self::Status(status) => response.status == *status,
            Self::Header(name, part) => response.header_lines(name).iter().any(|line| line.contains(part)),
            // Envoy's router adds it to what comes from a backend.
            Self::NotForwarded => response.header("x-envoy-upstream-service-time").is_none(),
            Self::Coding(coding) => {
                answer.content.is_ok() && response.header("content-encoding").as_deref() == *coding
            }
            Self::Json(pointer, value) => answer.json().pointer(pointer) == Some(value),
            Self::JsonIsNot(pointer, value) => {
                answer.json().is_object() && answer.json().pointer(pointer) != Some(value)
            }
        }
    }

    /// Header lines worth showing beside the status.
    pub(super) fn header(&self) -> Option<&'static str> {
        match self {
            Self::Header(name, _) => Some(name),
            Self::Coding(_) => Some("content-encoding"),
            Self::Status(_) | Self::NotForwarded | Self::Json(..) | Self::JsonIsNot(..) => None,
        }
    }
}

impl fmt::Display for Expect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "the status is {status}"),
            Self::Header(name, "") => write!(f, "there is a {name}"),
            Self::Header(name, part) => write!(f, "{name} says {part}"),
            Self::NotForwarded => write!(f, "a filter answered, the backend was not asked"),
            Self::Coding(Some(coding)) => write!(f, "the content is {coding}, and decodes"),
            Self::Coding(None) => write!(f, "the content is plain"),
            Self::Json(pointer, value) => write!(f, "{pointer} is {value}"),
            Self::JsonIsNot(pointer, value) => write!(f, "{pointer} isn't {value}"),
        }
    }
}
