//! Reading key sets as they are fetched: JSON Web Key Sets, and maps of certificates.

use crate::{KeySet, json, json::scan};

impl KeySet {
    /// The keys of a fetched document: a JSON Web Key Set (RFC 7517 §5), or an object of certificates or public keys as PEM
    /// by key id, as Google's x509 endpoints have them.
    ///
    /// Each key is parsed by itself, so that one that is no JSON doesn't spoil the others, as long as its brackets and quotes
    /// come in pairs.
    ///
    /// # Errors
    /// What the document is in place of a set with a key that can verify signatures, for the log.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        // A byte order mark may be ignored (RFC 8259 §8.1).
        let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        if text.trim_ascii_start().starts_with(b"-----BEGIN ") {
            return Err("it's PEM, which `pem` takes, and no key set".to_owned());
        }
        let members = members(text).map_err(|scan::Broken| "it's no JSON object".to_owned())?;
        let mut sets = members.iter().filter(|member| scan::is_named(member, "keys"));
        let set = match (sets.next(), sets.next()) {
            (Some(keys), None) => {
                of_list(keys.value).map_err(|scan::Broken| "`keys` is no list".to_owned())?
            }
            (Some(_), Some(_)) => return Err("it names `keys` twice".to_owned()),
            (None, _) => of_map(&members).ok_or_else(|| without_keys(&members))?,
        };
        if set.is_empty() {
            let first = set.left_out().first().map(|why| ["; ", why.as_str()].concat());
            let none = "no key in it can verify signatures";
            return Err([none, &first.unwrap_or_default()].concat());
        }
        Ok(set)
    }
}

fn members(text: &[u8]) -> Result<Vec<scan::Item<'_>>, scan::Broken> {
    let mut members = scan::members(text)?;
    let mut all = Vec::new();
    while let Some(member) = members.next()? {
        all.push(member);
    }
    Ok(all)
}

fn of_list(keys: &[u8]) -> Result<KeySet, scan::Broken> {
    let (mut set, mut items) = (KeySet::default(), scan::items(keys)?);
    for number in 0.. {
        let Some(item) = items.next()? else { break };
        set.add(number, json::parse_object(item.value).as_ref());
    }
    Ok(set)
}

/// An object of PEM texts by key id; `None` for any other.
fn of_map(members: &[scan::Item<'_>]) -> Option<KeySet> {
    let mut set = KeySet::default();
    for (number, member) in members.iter().enumerate() {
        let id = scan::text(&[b"\"", member.name, b"\""].concat())?;
        let pem = scan::text(member.value).filter(|text| text.starts_with("-----BEGIN "))?;
        set.add_pem(number, &id, &pem);
    }
    (!members.is_empty()).then_some(set)
}

/// What a document without `keys` is.
fn without_keys(members: &[scan::Item<'_>]) -> String {
    let named = |name: &str| members.iter().find(|member| scan::is_named(member, name));
    if let Some(uri) = named("jwks_uri") {
        let uri = scan::text(uri.value).unwrap_or_default();
        let shown: String = uri.chars().take(200).filter(char::is_ascii_graphic).collect();
        return [
            "it's a discovery document: write its jwks_uri, ",
            &shown,
            ", as the uri",
        ]
        .concat();
    }
    if named("kty").is_some() {
        return "it's a single key: a set has it in a list `keys`".to_owned();
    }
    "it has no member `keys`".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const GOOD: &str =
        r#"{"kty":"OKP","crv":"Ed25519","kid":"good","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
    const PEM: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";

    #[test]
    fn a_bad_key_never_spoils_its_set() {
        let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
        let short = "A".repeat(42);
        let whole = "A".repeat(43);
        for (name, bad, why) in [
            (
                "a member twice",
                r#"{"kty":"oct","kid":"a","kid":"b","k":"AA"}"#,
                "names a member twice",
            ),
            (
                "a number beyond doubles",
                r#"{"kty":"oct","kid":"a","x":1e999}"#,
                "no JSON object",
            ),
            (
                "nested deeply",
                &format!(r#"{{"kty":"oct","x":{deep}}}"#),
                "no JSON object",
            ),
            ("no JSON", "@", "no JSON object"),
            ("a number", "7", "no JSON object"),
            ("an invalid escape", r#"{"kty":"\x"}"#, "no JSON object"),
            ("not UTF-8", "\u{fffd}", "no JSON object"),
            (
                "plain base64",
                r#"{"kty":"RSA","kid":"r","n":"ab+/","e":"AQAB"}"#,
                "key 0, kid \"r\": n is in plain base64",
            ),
            (
                "padding",
                r#"{"kty":"RSA","n":"AQAB","e":"AQ=="}"#,
                "e is in plain base64",
            ),
            (
                "other letters",
                r#"{"kty":"RSA","n":"!","e":"AQAB"}"#,
                "n is no base64url",
            ),
            (
                "a short coordinate",
                &format!(r#"{{"kty":"EC","crv":"P-256","x":"{short}","y":"{whole}"}}"#),
                "a coordinate has 31 bytes, and the curve wants 32",
            ),
            ("for encryption", r#"{"kty":"RSA","use":"enc"}"#, "use or key_ops"),
            ("alg: null", r#"{"kty":"RSA","alg":null}"#, "alg is no text"),
            (
                "an unknown alg",
                r#"{"kty":"RSA","alg":"RSA-OAEP"}"#,
                "algorithm is unknown",
            ),
            (
                "another type's alg",
                r#"{"kty":"OKP","crv":"Ed25519","alg":"RS256","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#,
                "none of its key type",
            ),
            ("no type", "{}", "kty is missing"),
            (
                "a weak one",
                r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#,
                "too small",
            ),
        ] {
            for (place, text) in [
                ("before", format!(r#"{{"keys":[{bad},{GOOD}]}}"#)),
                ("behind", format!(r#" {{"x":1,"keys": [ {GOOD} , {bad} ] }} "#)),
            ] {
                let set = KeySet::parse(text.as_bytes()).unwrap();
                assert_eq!((set.is_empty(), set.skipped()), (false, 1), "{name}, {place}");
                let why_not = set.left_out().join("");
                let expected = why.replace("key 0", if place == "before" { "key 0" } else { "key 1" });
                assert!(why_not.contains(&expected), "{name}, {place}: {why_not}");
            }
        }
    }

    #[test]
    fn other_documents_are_told_for_what_they_are() {
        let google = json!({"a": PEM, "b": PEM}).to_string();
        let partly = json!({"a": PEM, "b": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"})
            .to_string();
        let marked = format!("\u{feff}{{\"keys\":[{GOOD}]}}");
        for (name, text, expected) in [
            ("a map of PEM texts", google.as_str(), Ok(0)),
            ("one of which is broken", &partly, Ok(1)),
            ("a byte order mark", &marked, Ok(0)),
            (
                "a discovery document",
                r#"{"issuer":"https://a","jwks_uri":"https://a/keys"}"#,
                Err("it's a discovery document: write its jwks_uri, https://a/keys, as the uri"),
            ),
            (
                "a key",
                GOOD,
                Err("it's a single key: a set has it in a list `keys`"),
            ),
            ("PEM", PEM, Err("it's PEM, which `pem` takes, and no key set")),
            ("a page", "<html>", Err("it's no JSON object")),
            ("nothing", "", Err("it's no JSON object")),
            ("cut off", "{\"keys\":[", Err("it's no JSON object")),
            (
                "two sets",
                r#"{"keys":[],"keys":[]}"#,
                Err("it names `keys` twice"),
            ),
            ("no list", r#"{"keys":{}}"#, Err("`keys` is no list")),
            (
                "an empty list",
                r#"{"keys":[]}"#,
                Err("no key in it can verify signatures"),
            ),
            ("no keys", "{}", Err("it has no member `keys`")),
        ] {
            let parsed = KeySet::parse(text.as_bytes()).map(|set| set.skipped());
            assert_eq!(parsed, expected.map_err(str::to_owned), "{name}");
        }
    }
}
