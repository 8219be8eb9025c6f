//! Tokens bound to a client: to its certificate (RFC 8705), to a key that it proves to have (RFC 9449).

pub(crate) mod nonce;
pub(crate) mod replay;

use crate::{
    Refusal,
    config::provider::Provider,
    fingerprint::fingerprint,
    json,
    keys::key::Key,
    token::{
        jws::Compact,
        verified::{Times, Verified, millis},
    },
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http_fields::{hex, path};
use http_filter::{Headers, Host, property};
use jsonwebtoken::AlgorithmFamily;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

/// The field that carries a proof.
pub(crate) const PROOF: &str = "dpop";

/// Whether whoever sent the request is whom the token is bound to.
///
/// # Errors
/// [`Refusal::Certificate`], [`Refusal::Proof`], [`Refusal::ProofNonce`], [`Refusal::ProofReplayed`].
pub(crate) fn check(
    provider: &Provider,
    token: &Verified,
    request: &Headers,
    accepted: &mut Option<[u8; 16]>,
    host: &dyn Host,
) -> Result<(), Refusal> {
    match token.confirmation("x5t#S256") {
        Some(thumbprint) => certificate(thumbprint, host)?,
        None if provider.certificate_bound => return Err(Refusal::Certificate),
        None => {}
    }
    match token.confirmation("jkt") {
        Some(thumbprint) => proof(provider, thumbprint, request, accepted, host),
        None if provider.dpop_required => Err(Refusal::Proof),
        None => Ok(()),
    }
}

/// Compares the certificate of the connection with the one that the token is bound to (RFC 8705 §3.1).
fn certificate(thumbprint: &Value, host: &dyn Host) -> Result<(), Refusal> {
    let bound = thumbprint
        .as_str()
        .and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    let presented = property::peer_certificate_digest(host).and_then(|digest| hex::decode::<32>(&digest));
    match (bound, presented) {
        (Some(bound), Some(presented)) if bound == presented => Ok(()),
        _ => Err(Refusal::Certificate),
    }
}

/// Checks a proof of possession (RFC 9449 §4.3).
fn proof(
    provider: &Provider,
    thumbprint: &Value,
    request: &Headers,
    accepted: &mut Option<[u8; 16]>,
    host: &dyn Host,
) -> Result<(), Refusal> {
    let text = request.single(PROOF).ok().flatten().ok_or(Refusal::Proof)?;
    if text.len() > MAX_PROOF {
        return Err(Refusal::Proof);
    }
    let proof = Compact::parse(text).map_err(|_| Refusal::Proof)?;
    let claims = proof.claims().map_err(|_| Refusal::Proof)?;
    let now = millis(host.now());
    let issued = Times::of(&claims)
        .and_then(|times| times.issued)
        .ok_or(Refusal::Proof)?;
    let text_of = |name: &str| claims.get(name).and_then(Value::as_str);
    let jwk = proof.header.jwk.as_ref().ok_or(Refusal::Proof)?;
    let sound = proof.header.typ.as_deref() == Some("dpop+jwt")
        && proof.header.algorithm.family() != AlgorithmFamily::Hmac
        && !jwk.contains_key("d")
        && thumbprint.as_str() == self::thumbprint(jwk).as_deref()
        && text_of("htm").is_some_and(|method| method.as_bytes() == request.method())
        && text_of("htu").is_some_and(|target| is_target(target, request, &provider.dpop_origins))
        && text_of("ath").is_some_and(|hash| token_hash(provider, request).as_deref() == Some(hash))
        && now.saturating_sub(issued) <= provider.dpop_max_age.saturating_add(provider.leeway)
        && issued.saturating_sub(now) <= provider.leeway;
    let id = text_of("jti").filter(|id| !id.is_empty()).ok_or(Refusal::Proof)?;
    if !sound {
        return Err(Refusal::Proof);
    }
    let key = Key::from_jwk(jwk).map_err(|_| Refusal::Proof)?;
    if !key.verify(
        proof.header.algorithm,
        proof.signing_input,
        &proof.signature,
        host,
    ) {
        return Err(Refusal::Proof);
    }
    // After all else: a nonce is for whoever has the token and the key.
    if let Some(nonces) = &provider.dpop_nonces
        && !text_of("nonce").is_some_and(|nonce| nonces.accepts(nonce, host.now()))
    {
        return Err(Refusal::ProofNonce);
    }
    // The same id may come from another key.
    let id = fingerprint(&[thumbprint.as_str().unwrap_or_default().as_bytes(), id.as_bytes()]);
    if *accepted == Some(id) {
        return Ok(());
    }
    let until = issued
        .saturating_add(provider.dpop_max_age)
        .saturating_add(provider.leeway);
    replay::remember(id, now, until, host)?;
    *accepted = Some(id);
    Ok(())
}

/// The hash of the access token as proofs carry it (RFC 9449 §4.2, `ath`).
fn token_hash(provider: &Provider, request: &Headers) -> Option<String> {
    let found = crate::config::source::Source::find(&provider.sources, request)
        .ok()
        .flatten()?;
    Some(URL_SAFE_NO_PAD.encode(Sha256::digest(&found.token)))
}

/// Whether `htu` is this request's target, without query and fragment (RFC 9449 §4.3, item 9).
fn is_target(target: &str, request: &Headers, origins: &[String]) -> bool {
    let target = target.split(['?', '#']).next().unwrap_or_default();
    let Some((origin, path)) = split_origin(target) else {
        return false;
    };
    if resource(path.as_bytes()) != resource(request.path()) {
        return false;
    }
    if origins.is_empty() {
        let own = [
            request.first(":scheme").unwrap_or(b"https"),
            b"://",
            request.authority(),
        ]
        .concat();
        return std::str::from_utf8(&own).is_ok_and(|own| same_origin(origin, own));
    }
    origins.iter().any(|accepted| same_origin(origin, accepted))
}

/// A path after the normalisation of RFC 3986 §6.2.2 and §6.2.3: proxies may have done some of it already.
fn resource(path: &[u8]) -> Vec<u8> {
    let path = path::normal_form(if path.is_empty() { b"/" } else { path });
    path::without_dot_segments(&path).unwrap_or_else(|| path.into_owned())
}

/// An address as origin and path.
fn split_origin(address: &str) -> Option<(&str, &str)> {
    let authority = address.find("://")? + 3;
    let end = address
        .get(authority..)?
        .find('/')
        .map_or(address.len(), |slash| authority + slash);
    address.split_at_checked(end)
}

/// Origins are compared without case and without the port that goes without saying (RFC 3986 §6.2.3).
fn same_origin(one: &str, other: &str) -> bool {
    fn plain(origin: &str) -> &str {
        let origin = origin.trim_end_matches('/');
        match origin.get(..8) {
            Some(scheme) if scheme.eq_ignore_ascii_case("https://") => {
                origin.strip_suffix(":443").unwrap_or(origin)
            }
            _ => origin.strip_suffix(":80").unwrap_or(origin),
        }
    }
    plain(one).eq_ignore_ascii_case(plain(other))
}

/// The thumbprint of a key (RFC 7638 §3): the hash of its required members, in order.
pub(crate) fn thumbprint(jwk: &Map<String, Value>) -> Option<String> {
    let names: &[&str] = match jwk.get("kty")?.as_str()? {
        "RSA" => &["e", "kty", "n"],
        "EC" => &["crv", "kty", "x", "y"],
        "OKP" => &["crv", "kty", "x"],
        _ => return None,
    };
    let mut members = Map::new();
    for name in names {
        members.insert(
            (*name).to_owned(),
            Value::String(jwk.get(*name)?.as_str()?.to_owned()),
        );
    }
    Some(URL_SAFE_NO_PAD.encode(Sha256::digest(json::canonical(&members))))
}

const MAX_PROOF: usize = 8 << 10;
