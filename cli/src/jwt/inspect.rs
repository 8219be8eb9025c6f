use crate::{
    FilterKind,
    command::Error,
    explain::{Policy, Session, Surroundings},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http_filter::OneOrMany;
use http_filter_replay::{
    Ruling, Text,
    case::{Request, Response},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, time::Duration};

/// What a token says, without having been verified.
pub struct Inspected {
    /// Its protected header.
    pub header: Value,
    /// Its claims.
    pub claims: Value,
    /// The length of its signature, in bytes.
    pub signature: usize,
}

/// Takes a compact token apart (RFC 7515 §7.1).
///
/// # Errors
/// [`Error::Content`] with the part that isn't as it should be.
pub fn inspect(token: &str) -> Result<Inspected, Error> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts.as_slice() else {
        return Err(Error::Content(format!(
            "the token has {} parts, expected three between dots: header, claims, signature",
            parts.len()
        )));
    };
    Ok(Inspected {
        header: object("header", header)?,
        claims: object("claims", claims)?,
        signature: decoded("signature", signature)?.len(),
    })
}

/// What jwt-auth makes of a token: the ruling's words and the reasons. `keys` is a JSON Web Key Set; a `policy` of the
/// user's own decides in its place.
///
/// # Errors
/// [`Error::Content`] when the keys are none that the filter takes.
pub fn verdict(token: &str, keys: &Value, now: u64) -> Result<(bool, Vec<String>), Error> {
    let policy = Policy {
        filters: vec![(
            FilterKind::JwtAuth,
            json!({"providers": {"keys": {"jwks": keys}}}),
        )],
        others: Vec::new(),
    };
    policy.plugins()?;
    let surroundings = Surroundings {
        now: Duration::from_secs(now),
        peer: None,
        country: None,
        properties: Vec::new(),
        clusters: Vec::new(),
    };
    let bearer = Text(format!("Bearer {token}").into_bytes());
    let request = Request {
        headers: BTreeMap::from([("authorization".to_owned(), OneOrMany(vec![bearer]))]),
        ..Request::default()
    };
    let explanation = Session::begin(policy, &surroundings)
        .and_then(|mut session| session.explain(&surroundings, &request, &Response::default()))
        .map_err(|stuck| Error::Content(stuck.to_string()))?;
    let Some(visit) = explanation.journey.request.first() else {
        return Ok((false, Vec::new()));
    };
    let accepted = matches!(visit.ruling, Ruling::Continue { .. });
    let about_token = visit.reasons.iter().filter(|reason| reason.topic == "token");
    // The first tells what the token is, which was told already.
    Ok((
        accepted,
        about_token.skip(1).map(|reason| reason.text.clone()).collect(),
    ))
}

fn decoded(name: &str, part: &str) -> Result<Vec<u8>, Error> {
    BASE64_URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|error| Error::Content(format!("the token's {name}: no base64url: {error}")))
}

fn object(name: &str, part: &str) -> Result<Value, Error> {
    let value: Value = serde_json::from_slice(&decoded(name, part)?)
        .map_err(|error| Error::Content(format!("the token's {name}: no JSON: {error}")))?;
    match value.is_object() {
        true => Ok(value),
        false => Err(Error::Content(format!(
            "the token's {name}: found {value}, expected an object"
        ))),
    }
}
