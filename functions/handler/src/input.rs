//! JSON bodies: reading them, and addressing what is in them by JSON Pointer (RFC 6901).

use serde::Deserialize;
use serde_json::Value;

use crate::{Problem, Request};

/// The body as JSON; serde_json refuses more than 128 levels of nesting.
///
/// # Errors
/// [`Problem::MediaType`] where it isn't declared to be JSON, [`Problem::NotJson`] where it is none.
pub fn json(request: &Request) -> Result<Value, Problem> {
    let media_type = request
        .header("content-type")
        .unwrap_or_default()
        .split(';')
        .next()
        .unwrap_or_default();
    let media_type = media_type.trim().to_ascii_lowercase();
    if media_type != "application/json"
        && !(media_type.starts_with("application/") && media_type.ends_with("+json"))
    {
        return Err(Problem::MediaType);
    }
    serde_json::from_slice(&request.body).map_err(|e| Problem::NotJson(e.to_string()))
}

/// A member of the body in the form this path works on.
pub(crate) fn member<T: for<'a> Deserialize<'a>>(
    body: &mut serde_json::Map<String, Value>,
    name: &str,
) -> Result<Option<T>, Problem> {
    let Some(value) = body.remove(name) else {
        return Ok(None);
    };
    serde_json::from_value(value)
        .map(Some)
        .map_err(|e| Problem::at(format!("/{name}"), e.to_string()))
}

/// Refuses members nobody asked for: a misspelt one would silently do nothing.
pub(crate) fn nothing_else(body: &serde_json::Map<String, Value>, expected: &str) -> Result<(), Problem> {
    match body.keys().next() {
        None => Ok(()),
        Some(name) => Err(Problem::at(
            format!("/{}", escape(name)),
            format!("unknown member; expected {expected}"),
        )),
    }
}

/// One reference token of a pointer (RFC 6901 §3).
pub(crate) fn escape(token: &str) -> String {
    token.replace('~', "~0").replace('/', "~1")
}

/// The name a reference token stands for.
pub(crate) fn unescape(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// The object that holds what `pointer` points at, and the last name of the pointer.
pub(crate) fn parent<'a>(
    value: &'a mut Value,
    pointer: &str,
) -> Option<(&'a mut serde_json::Map<String, Value>, String)> {
    let (parent, name) = pointer.rsplit_once('/')?;
    Some((value.pointer_mut(parent)?.as_object_mut()?, unescape(name)))
}

/// The kind of a value, in words for a message.
pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
