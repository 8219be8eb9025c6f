//! Validators and digests for responses that have none.

use crate::{document::rule::Digest, response::freshness::date_field};
use http_fields::hex;
use http_filter::Headers;
use sfv::{DictSerializer, KeyRef, key_ref};
use sha2::{Digest as _, Sha256};

/// A weak ETag from Last-Modified, Content-Length and Content-Encoding (RFC 9110 §8.8.3): one per coding, the same for
/// GET and HEAD. `None` without a date and a length.
pub fn weak_etag(response: &Headers, now: i64) -> Option<Vec<u8>> {
    let modified = date_field(response, "last-modified", now)?;
    let length = response.single("content-length").ok()??;
    response.content_length()?;
    let mut tag = b"W/\"".to_vec();
    tag.extend(hex::number(u64::try_from(modified).ok()?, 1));
    tag.push(b'-');
    tag.extend_from_slice(length);
    if let Some(codings) = response.combined("content-encoding") {
        for coding in http_fields::list::members(&codings) {
            tag.push(b'-');
            tag.extend(
                coding
                    .iter()
                    .filter(|byte| byte.is_ascii_alphanumeric())
                    .map(u8::to_ascii_lowercase),
            );
        }
    }
    tag.push(b'"');
    Some(tag)
}

/// The SHA-256 hash of a body.
pub fn sha256(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}

/// A strong ETag from the hash of a body as it's sent, so one per coding: its first 128 bits.
pub fn strong_etag(hash: &[u8; 32]) -> Vec<u8> {
    let mut tag = b"\"".to_vec();
    tag.extend_from_slice(hex::encode(hash.first_chunk::<16>().unwrap_or(&[0; 16])).as_bytes());
    tag.push(b'"');
    tag
}

/// The value of a digest field (RFC 9530 §2, §3).
pub fn digest(hash: &[u8; 32]) -> Vec<u8> {
    const SHA_256: &KeyRef = key_ref("sha-256");
    let mut field = DictSerializer::new();
    field.bare_item(SHA_256, hash.as_slice());
    field.finish().unwrap_or_default().into_bytes()
}

impl Digest {
    /// The field's name.
    pub fn field(self) -> &'static str {
        match self {
            Self::Repr => "repr-digest",
            Self::Content => "content-digest",
            Self::Unencoded => "unencoded-digest",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weak_tags() {
        let date = ("last-modified", "Sun, 06 Nov 1994 08:49:37 GMT");
        for (name, fields, expected) in [
            (
                "date and length",
                &[date, ("content-length", "512")][..],
                Some("W/\"2ebc98a1-512\""),
            ),
            (
                "coded",
                &[date, ("content-length", "99"), ("content-encoding", "GZIP, x")],
                Some("W/\"2ebc98a1-99-gzip-x\""),
            ),
            ("no length", &[date], None),
            ("no date", &[("content-length", "1")], None),
            ("two dates", &[date, date, ("content-length", "1")], None),
            ("bad length", &[date, ("content-length", "1, 1")], None),
        ] {
            let response: Headers = fields.iter().copied().collect();
            assert_eq!(
                weak_etag(&response, 0).as_deref(),
                expected.map(str::as_bytes),
                "{name}"
            );
        }
    }

    #[test]
    fn hashes() {
        let hash = sha256(b"hello world");
        assert_eq!(strong_etag(&hash), b"\"b94d27b9934d3e08a52e52d7da7dabfa\"");
        assert_eq!(
            digest(&hash),
            b"sha-256=:uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=:"
        );
    }
}
