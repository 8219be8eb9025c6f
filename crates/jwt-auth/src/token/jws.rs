use crate::{Algorithm, Refusal, json};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};
use std::rc::Rc;

/// A JWS in compact serialisation (RFC 7515 §7.1), parsed but not verified.
#[derive(Debug)]
pub struct Compact<'a> {
    /// What the protected header says.
    pub header: Rc<Header>,
    /// The payload.
    pub payload: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
    /// What the signature is made of: the first two parts as they came.
    pub signing_input: &'a [u8],
}

/// The protected header of a token.
#[derive(Debug)]
pub struct Header {
    /// `alg`.
    pub algorithm: Algorithm,
    /// The key's id.
    pub kid: Option<Rc<str>>,
    /// The media type, lower case, without `application/` (RFC 7515 §4.1.9).
    pub typ: Option<String>,
    /// The public key that a DPoP proof carries (RFC 9449 §4.2). No other token's key comes from itself.
    pub jwk: Option<Map<String, Value>>,
}

impl<'a> Compact<'a> {
    /// Parses a token strictly: three parts of unpadded base64url, an object for a header that names an algorithm.
    ///
    /// # Errors
    /// [`Refusal::Malformed`], [`Refusal::Algorithm`], or [`Refusal::Critical`] for any `crit` (RFC 7515 §4.1.11: no
    /// extension is understood here, `b64` among them).
    pub fn parse(token: &'a [u8]) -> Result<Self, Refusal> {
        let parts = Parts::of(token)?;
        let header = parts.header(&mut KnownHeader::default())?;
        parts.decode(header)
    }

    /// The payload as claims: an object that names no member twice (RFC 7519 §7.2).
    ///
    /// # Errors
    /// [`Refusal::Claims`].
    pub fn claims(&self) -> Result<Map<String, Value>, Refusal> {
        json::parse_object(&self.payload).ok_or(Refusal::Claims)
    }
}

/// The parts of a token as they came (RFC 7515 §7.1). Each is decoded when it's asked for: most junk ends at the first.
pub(crate) struct Parts<'a> {
    header: &'a [u8],
    payload: &'a [u8],
    signature: &'a [u8],
    signing_input: &'a [u8],
}

impl<'a> Parts<'a> {
    /// Parts a token.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] for other than three parts, for a header of more than 8 KiB, and for a signature longer than
    /// that of any key.
    pub(crate) fn of(token: &'a [u8]) -> Result<Self, Refusal> {
        let mut dots = memchr::memchr_iter(b'.', token);
        let (Some(first), Some(second), None) = (dots.next(), dots.next(), dots.next()) else {
            return Err(Refusal::Malformed);
        };
        let parts = Self {
            header: token.get(..first).unwrap_or_default(),
            payload: token.get(first + 1..second).unwrap_or_default(),
            signature: token.get(second + 1..).unwrap_or_default(),
            signing_input: token.get(..second).unwrap_or_default(),
        };
        if parts.header.len() > MAX_HEADER || parts.signature.len() > MAX_SIGNATURE {
            return Err(Refusal::Malformed);
        }
        Ok(parts)
    }

    /// The protected header; `known` is the one before: most tokens of an issuer have the same, and it's parsed once.
    ///
    /// # Errors
    /// As those of [`Compact::parse`].
    pub(crate) fn header(&self, known: &mut KnownHeader) -> Result<Rc<Header>, Refusal> {
        known.parse(self.header)
    }

    /// The token with all its parts, of which `header` is the first.
    ///
    /// # Errors
    /// [`Refusal::Malformed`] for what isn't base64url without padding.
    pub(crate) fn decode(&self, header: Rc<Header>) -> Result<Compact<'a>, Refusal> {
        Ok(Compact {
            header,
            // The shorter one first.
            signature: decoded(self.signature)?,
            payload: decoded(self.payload)?,
            signing_input: self.signing_input,
        })
    }
}

/// Characters, of which four are three bytes.
const MAX_HEADER: usize = 8 << 10;
const MAX_SIGNATURE: usize = 2 << 10;

fn decoded(text: &[u8]) -> Result<Vec<u8>, Refusal> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Refusal::Malformed)
}

/// The protected header that was parsed last, by its text.
#[derive(Default)]
pub(crate) struct KnownHeader(Option<(Box<[u8]>, Rc<Header>)>);

impl KnownHeader {
    fn parse(&mut self, text: &[u8]) -> Result<Rc<Header>, Refusal> {
        if let Some((known, header)) = &self.0
            && **known == *text
        {
            return Ok(Rc::clone(header));
        }
        let header = Rc::new(Header::parse(&decoded(text)?)?);
        self.0 = Some((text.into(), Rc::clone(&header)));
        Ok(header)
    }
}

impl Header {
    fn parse(text: &[u8]) -> Result<Self, Refusal> {
        let mut members = json::parse_members(text, &MEMBERS).ok_or(Refusal::Malformed)?;
        if members.contains_key("crit") || members.contains_key("b64") {
            return Err(Refusal::Critical);
        }
        let algorithm = match string(&mut members, "alg")? {
            Some(name) => name.parse().map_err(|_| Refusal::Algorithm)?,
            None => return Err(Refusal::Malformed),
        };
        let typ = string(&mut members, "typ")?.map(|typ| {
            let typ = typ.to_ascii_lowercase();
            typ.strip_prefix("application/").map(str::to_owned).unwrap_or(typ)
        });
        let jwk = match members.remove("jwk") {
            Some(Value::Object(jwk)) => Some(jwk),
            Some(_) => return Err(Refusal::Malformed),
            None => None,
        };
        Ok(Self {
            algorithm,
            kid: string(&mut members, "kid")?.map(Rc::from),
            typ,
            jwk,
        })
    }
}

/// The members of a header that are heeded; others are skipped (RFC 7515 §4).
const MEMBERS: [&str; 6] = ["alg", "kid", "typ", "jwk", "crit", "b64"];

fn string(members: &mut Map<String, Value>, name: &str) -> Result<Option<String>, Refusal> {
    match members.remove(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Refusal::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn token(header: &str) -> String {
        [&URL_SAFE_NO_PAD.encode(header), ".e30.AA"].concat()
    }

    #[test]
    fn headers() {
        for (name, header, expected) in [
            ("plain", r#"{"alg":"RS256","kid":"1","typ":"JWT"}"#, None),
            (
                "unknown members are ignored",
                r#"{"alg":"ES512","x5t":"a"}"#,
                None,
            ),
            ("the new name", r#"{"alg":"Ed25519"}"#, None),
            ("none", r#"{"alg":"none"}"#, Some(Refusal::Algorithm)),
            ("other case", r#"{"alg":"rs256"}"#, Some(Refusal::Algorithm)),
            ("no algorithm", "{}", Some(Refusal::Malformed)),
            ("algorithm no string", r#"{"alg":1}"#, Some(Refusal::Malformed)),
            (
                "key id no string",
                r#"{"alg":"RS256","kid":7}"#,
                Some(Refusal::Malformed),
            ),
            (
                "type no string",
                r#"{"alg":"RS256","typ":[]}"#,
                Some(Refusal::Malformed),
            ),
            (
                "twice",
                r#"{"alg":"RS256","alg":"none"}"#,
                Some(Refusal::Malformed),
            ),
            (
                "critical",
                r#"{"alg":"RS256","crit":["exp"]}"#,
                Some(Refusal::Critical),
            ),
            (
                "critical, empty",
                r#"{"alg":"RS256","crit":[]}"#,
                Some(Refusal::Critical),
            ),
            (
                "payload not encoded",
                r#"{"alg":"RS256","b64":false}"#,
                Some(Refusal::Critical),
            ),
            ("a list", "[]", Some(Refusal::Malformed)),
            (
                "an unknown member twice",
                r#"{"alg":"RS256","x":1,"x":1}"#,
                Some(Refusal::Malformed),
            ),
            (
                "an unknown member that is no JSON",
                r#"{"alg":"RS256","x":[}"#,
                Some(Refusal::Malformed),
            ),
        ] {
            assert_eq!(Compact::parse(token(header).as_bytes()).err(), expected, "{name}");
        }
    }

    #[test]
    fn three_strict_parts() {
        let good = token(r#"{"alg":"RS256"}"#);
        let (header, _) = good.split_once('.').unwrap();
        for (name, text, accepted) in [
            ("three", good.clone(), true),
            ("four", format!("{good}.AA"), false),
            ("five, encrypted", format!("{header}.AA.AA.AA.AA"), false),
            ("two", format!("{header}.e30"), false),
            ("empty signature", format!("{header}.e30."), true),
            ("leading dot", format!(".{good}"), false),
            ("padding", format!("{header}.e30=.AA"), false),
            ("plain base64", format!("{header}.e30.+/"), false),
            ("bits left over", format!("{header}.e30.AB"), false),
            ("white space", format!("{header}.e3 0.AA"), false),
            ("new line", format!("{good}\n"), false),
            ("nothing", String::new(), false),
            (
                "a header of 8 KiB and more",
                format!("{}.e30.AA", "A".repeat(8_193)),
                false,
            ),
            (
                "a signature longer than any key's",
                format!("{header}.e30.{}", "A".repeat(2_049)),
                false,
            ),
            (
                "a long payload",
                format!("{header}.{}.AA", "AAAA".repeat(4_000)),
                true,
            ),
        ] {
            assert_eq!(Compact::parse(text.as_bytes()).is_ok(), accepted, "{name}");
        }
    }

    proptest! {
        #[test]
        fn parses_anything_without_panic(token in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Compact::parse(&token);
        }
    }
}
