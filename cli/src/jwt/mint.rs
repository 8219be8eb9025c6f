use super::PrivateKey;
use crate::command::Error;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

/// Signs claims, with `header` members beside `alg` and `kid`.
///
/// # Errors
/// [`Error::Content`] when the key is no good.
pub fn mint(
    key: &PrivateKey,
    header: &Map<String, Value>,
    claims: &Map<String, Value>,
) -> Result<String, Error> {
    let mut full = Map::new();
    full.insert("alg".to_owned(), key.algorithm().into());
    if !key.kid().is_empty() {
        full.insert("kid".to_owned(), key.kid().into());
    }
    full.extend(header.clone());
    let encoded = |object: &Map<String, Value>| {
        BASE64_URL_SAFE_NO_PAD.encode(Value::Object(object.clone()).to_string())
    };
    let input = [encoded(&full), encoded(claims)].join(".");
    let signature = BASE64_URL_SAFE_NO_PAD.encode(key.sign(input.as_bytes())?);
    Ok([input, signature].join("."))
}
