/// Whether secrets are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redaction {
    /// Secrets are told by their kind and length.
    On,
    /// All is shown.
    Off,
}

impl Redaction {
    /// The value of a header field, as it may be shown.
    pub fn value(self, name: &str, value: &[u8]) -> String {
        let text = String::from_utf8_lossy(value);
        if self == Self::Off || !is_secret(name) {
            return text
                .chars()
                .map(|character| {
                    if character.is_control() {
                        '\u{fffd}'
                    } else {
                        character
                    }
                })
                .collect();
        }
        // The scheme says what kind of secret it is.
        let scheme = text.split_once(' ').map(|(scheme, _)| scheme);
        let scheme = scheme.filter(|scheme| name.ends_with("authorization") && scheme.len() < 16);
        match scheme {
            Some(scheme) => format!(
                "{scheme} … ({} bytes, --show-secrets shows them)",
                value.len() - scheme.len() - 1
            ),
            None => format!("… ({} bytes, --show-secrets shows them)", value.len()),
        }
    }

    /// A request target as it may be shown: parameters by name, where they may hold tokens.
    pub fn target(self, target: &str) -> String {
        let Some((path, query)) = target.split_once('?').filter(|_| self == Self::On) else {
            return target.to_owned();
        };
        let parameters = query.split('&').map(|parameter| match parameter.split_once('=') {
            Some((name, _)) if is_secret(name) => format!("{name}=…"),
            _ => parameter.to_owned(),
        });
        format!("{path}?{}", parameters.collect::<Vec<_>>().join("&"))
    }
}

fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    matches!(
        name.as_str(),
        "authorization" | "proxy-authorization" | "cookie" | "set-cookie" | "dpop"
    ) || [
        "token", "secret", "password", "api-key", "apikey", "api_key", "jwt",
    ]
    .iter()
    .any(|word| name.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_told_by_length() {
        for (name, value, expected) in [
            (
                "authorization",
                "Bearer abc",
                "Bearer … (3 bytes, --show-secrets shows them)",
            ),
            ("cookie", "a=b", "… (3 bytes, --show-secrets shows them)"),
            ("x-user", "alice", "alice"),
        ] {
            assert_eq!(Redaction::On.value(name, value.as_bytes()), expected, "{name}");
            assert_eq!(Redaction::Off.value(name, value.as_bytes()), value, "{name}");
        }
        assert_eq!(
            Redaction::On.target("/a?x=1&access_token=abc"),
            "/a?x=1&access_token=…"
        );
    }
}
