use crate::{Refusal, json::scan};

/// Whether a payload may be of one of `issuers`: what to know before anything dear is done for a token. Whether it is, its
/// claims say once the signature is verified.
///
/// # Errors
/// [`Refusal::Issuer`] for a token of another issuer, or of none; [`Refusal::Claims`] for a payload that is no JSON object.
pub(crate) fn check(payload: &[u8], issuers: &[String]) -> Result<(), Refusal> {
    // Where nothing is escaped, an issuer's text stands between quotes.
    let is_plain = memchr::memchr(b'\\', payload).is_none();
    let is_named = |issuer: &String| {
        memchr::memchr_iter(b'"', payload).any(|quote| {
            payload
                .get(quote + 1..)
                .is_some_and(|rest| rest.starts_with(issuer.as_bytes()))
        })
    };
    if is_plain && !issuers.iter().any(is_named) {
        return Err(Refusal::Issuer);
    }
    let mut members = scan::members(payload).map_err(|_| Refusal::Claims)?;
    while let Some(member) = members.next().map_err(|_| Refusal::Claims)? {
        if scan::is_named(&member, "iss") {
            let issuer = scan::text(member.value).ok_or(Refusal::Issuer)?;
            return if issuers.contains(&issuer) {
                Ok(())
            } else {
                Err(Refusal::Issuer)
            };
        }
    }
    Err(Refusal::Issuer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issuers_are_told_before_claims_are_read() {
        let issuers = ["https://a".to_owned(), "b\"c".to_owned()];
        for (name, payload, expected) in [
            ("it", r#"{"sub":"x","iss":"https://a"}"#, Ok(())),
            ("the other one, with a quote", r#"{"iss":"b\"c"}"#, Ok(())),
            ("slashes escaped", r#"{"iss":"https:\/\/a"}"#, Ok(())),
            ("the name escaped", r#"{"\u0069ss":"https://a"}"#, Ok(())),
            ("another", r#"{"iss":"https://b"}"#, Err(Refusal::Issuer)),
            ("a longer one", r#"{"iss":"https://ab"}"#, Err(Refusal::Issuer)),
            ("elsewhere", r#"{"sub":"https://a"}"#, Err(Refusal::Issuer)),
            ("deeper", r#"{"a":{"iss":"https://a"}}"#, Err(Refusal::Issuer)),
            ("in a list", r#"{"iss":["https://a"]}"#, Err(Refusal::Issuer)),
            ("none", "{}", Err(Refusal::Issuer)),
            ("cut off", r#"{"a":"https://a"#, Err(Refusal::Claims)),
            ("no object", r#"["https://a"]"#, Err(Refusal::Claims)),
        ] {
            assert_eq!(check(payload.as_bytes(), &issuers), expected, "{name}");
        }
    }
}
