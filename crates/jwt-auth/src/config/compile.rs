//! Documents compiled: what fields say of each other is checked, what requests need is prepared.

use crate::{
    Algorithm,
    config::{
        claim_rule::ClaimRule, deny_list_text, deny_list_text::RemoteDenyList, fetch_source,
        fetched::Fetched, mistake::mistake, output::Outputs, provider::Provider, source::Source,
    },
    document::{
        DenyDocument,
        jwks::JwksDocument,
        provider::{ProviderDocument, SourceDocument},
    },
    keys::{key_set::KeySet, pem, remote::RemoteKeys},
    possession::nonce::Nonces,
    token::verified::millis,
};
use http_filter::{
    ConfigError, FieldName,
    error_path::{nth, quoted},
};
use jsonwebtoken::AlgorithmFamily;
use std::{cell::RefCell, rc::Rc};

pub(crate) fn provider_of(
    name: &str,
    document: ProviderDocument,
    fetched: &mut Fetched,
) -> Result<Provider, ConfigError> {
    let algorithms = algorithms_of(&document.algorithms)?;
    let mut local = None;
    let mut remote = None;
    if let Some(jwks) = &document.jwks {
        match (&jwks.keys, &jwks.uri) {
            (Some(keys), None) => local = Some(inline_keys(jwks, keys)?),
            (None, Some(_)) => {
                remote = Some(remote_keys(name, jwks, fetched).map_err(|error| error.within("jwks"))?)
            }
            _ => {
                return Err(mistake(
                    "jwks",
                    "neither or both",
                    "either uri and cluster, or keys",
                ));
            }
        }
    }
    if let Some(pem) = &document.pem {
        let keys = pem::keys(pem)
            .map_err(|problem| mistake("pem", &problem.to_string(), "public keys or certificates"))?;
        local.get_or_insert_with(KeySet::default).push(keys);
    }
    if local.is_none() && remote.is_none() {
        return Err(mistake("", "no keys", "jwks or pem"));
    }
    if let Some(keys) = &local
        && remote.is_none()
        && !keys.serves(&algorithms)
    {
        return Err(mistake(
            "algorithms",
            "none that a key is for",
            "HS256 and the like for `kty: oct`, RS256 or PS256 for RSA, ES256 for EC, EdDSA for OKP",
        ));
    }
    let mut outputs = Outputs::default();
    for (name, header) in document.headers {
        let field = output_header(name).map_err(|error| error.within("headers"))?;
        let header = header.0;
        if header.claim.is_empty() {
            return Err(mistake(
                &["headers.", &field, ".claim"].concat(),
                "nothing",
                "a claim's path",
            ));
        }
        outputs.push(field, header);
    }
    outputs.payload = match document.payload_header {
        Some(name) => Some(output_header(name).map_err(|error| error.within("payload_header"))?),
        None => None,
    };
    let sources = sources_of(document.from.0)?;
    Ok(Provider {
        issuers: document.issuer.0,
        audiences: document.audiences.0,
        algorithms,
        local: local.map(Rc::new),
        remote,
        sources,
        forward: document.forward,
        leeway: millis(document.leeway.duration()),
        require_expiration: document.require_expiration,
        max_age: document.max_age.map(|span| millis(span.duration())),
        max_lifetime: document.max_lifetime.map(|span| millis(span.duration())),
        types: document.types.iter().map(|name| media_type(name)).collect(),
        claims: ClaimRule::compile(document.claims).map_err(|error| error.within("claims"))?,
        scopes: document.scopes.0,
        outputs,
        clear_route_cache: document.clear_route_cache,
        dpop_required: document.dpop.required,
        dpop_nonces: Nonces::compile(&document.dpop).map_err(|error| error.within("dpop"))?,
        dpop_origins: document.dpop.origins.0,
        dpop_max_age: millis(document.dpop.max_age.duration()),
        certificate_bound: document.certificate_bound,
        known_header: RefCell::default(),
    })
}

fn algorithms_of(names: &[String]) -> Result<Vec<Algorithm>, ConfigError> {
    if names.is_empty() {
        return Ok(Algorithm::ASYMMETRIC.to_vec());
    }
    let mut algorithms = Vec::new();
    for (index, name) in names.iter().enumerate() {
        algorithms.push(name.parse().map_err(|_| {
            mistake(
                &nth("algorithms", index),
                &quoted(name),
                "RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA, Ed25519, HS256, HS384 or HS512",
            )
        })?);
    }
    // Where a public key may serve as a secret, whoever has it can sign (RFC 8725 §3.1).
    let secret = |algorithm: &Algorithm| algorithm.family() == AlgorithmFamily::Hmac;
    if algorithms.iter().any(secret) && !algorithms.iter().all(secret) {
        return Err(mistake(
            "algorithms",
            "HS with others",
            "HS256, HS384, HS512 in a provider of their own",
        ));
    }
    Ok(algorithms)
}

fn inline_keys(document: &JwksDocument, keys: &[serde_json::Value]) -> Result<KeySet, ConfigError> {
    let remote_only = document.cluster.is_some()
        || document.timeout.is_some()
        || document.refresh.is_some()
        || document.stale.is_some()
        || document.unknown_key_interval.is_some()
        || document.max_bytes.is_some();
    if remote_only {
        return Err(mistake("jwks", "keys with settings for fetching", "one of both"));
    }
    let set = KeySet::from_keys(keys);
    set.tell_left_out("an inline key set");
    if set.is_empty() {
        return Err(mistake(
            "jwks.keys",
            "no key that can verify signatures",
            "at least one",
        ));
    }
    Ok(set)
}

fn remote_keys(
    provider: &str,
    document: &JwksDocument,
    fetched: &mut Fetched,
) -> Result<Rc<RemoteKeys>, ConfigError> {
    let source = fetch_source::compile(document)?;
    let interval = fetch_source::unknown_key_interval(document);
    let mut known = fetched.key_sets.iter();
    if let Some(known) = known.find(|known| *known.fetched.source() == source && known.interval == interval) {
        if !fetched.closed {
            known.fetched.also_for(provider);
        }
        return Ok(Rc::clone(known));
    }
    if fetched.closed {
        return Err(never_fetched("uri"));
    }
    let remote = Rc::new(RemoteKeys::new(provider, source, interval));
    fetched.key_sets.push(Rc::clone(&remote));
    Ok(remote)
}

pub(crate) fn deny_list_of(
    document: &DenyDocument,
    fetched: &Fetched,
) -> Result<Option<Rc<RemoteDenyList>>, ConfigError> {
    let Some(list) = &document.list else {
        return Ok(None);
    };
    if list.keys.is_some() {
        return Err(mistake("keys", "keys", "uri and cluster"));
    }
    let source = fetch_source::compile(list)?;
    match &fetched.deny_list {
        Some(known) if *known.source() == source => Ok(Some(Rc::clone(known))),
        _ if fetched.closed => Err(never_fetched("uri")),
        _ => Ok(Some(Rc::new(deny_list_text::deny_list(source)))),
    }
}

fn never_fetched(path: &str) -> ConfigError {
    mistake(
        path,
        "an address that the plugin's own configuration lacks",
        "one that it fetches",
    )
}

fn sources_of(documents: Vec<SourceDocument>) -> Result<Vec<Source>, ConfigError> {
    if documents.is_empty() {
        return Ok(vec![Source::authorization()]);
    }
    (0..)
        .zip(documents)
        .map(|(index, document): (usize, _)| {
            Source::compile(document).map_err(|error| error.within(&nth("from", index)))
        })
        .collect()
}

/// A header that may carry a claim: none that frames the message, or names whom it's for.
fn output_header(name: FieldName) -> Result<FieldName, ConfigError> {
    const FRAMING: [&str; 8] = [
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "upgrade",
        "te",
        "trailer",
        "cookie",
    ];
    if FRAMING.contains(&name.as_str()) {
        return Err(mistake(
            &name,
            "a header with a meaning of its own",
            "another name",
        ));
    }
    Ok(name)
}

/// A media type as token headers are compared by: lower case, without `application/`; `none` is the absent one.
fn media_type(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    match name.strip_prefix("application/").unwrap_or(&name) {
        "none" => String::new(),
        other => other.to_owned(),
    }
}
