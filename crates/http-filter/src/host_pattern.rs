use crate::from_text::read_text;

/// A host name, or everything below one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPattern(String);

impl HostPattern {
    /// Whether `authority`, its port aside, is this host; case does not matter (RFC 3986 §3.2.2).
    pub fn matches(&self, authority: &[u8]) -> bool {
        let host = without_port(authority);
        match self.0.strip_prefix('*') {
            Some(suffix) => {
                host.len() > suffix.len()
                    && host
                        .get(host.len() - suffix.len()..)
                        .is_some_and(|end| end.eq_ignore_ascii_case(suffix.as_bytes()))
            }
            None => host.eq_ignore_ascii_case(self.0.as_bytes()),
        }
    }
}

/// An authority without its port.
fn without_port(authority: &[u8]) -> &[u8] {
    match authority.iter().rposition(|byte| *byte == b':') {
        Some(colon)
            if authority
                .get(colon + 1..)
                .is_some_and(|port| port.iter().all(u8::is_ascii_digit)) =>
        {
            let host = authority.get(..colon).unwrap_or_default();
            // A bare IPv6 address has colons of its own; with a port it stands in brackets.
            if host.contains(&b':') && !host.ends_with(b"]") {
                authority
            } else {
                host
            }
        }
        _ => authority,
    }
}

read_text!(
    HostPattern,
    "a host such as \"example.com\" or \"*.example.com\", without port",
    "^([*][.])?[^*/ ]+$",
    |text: &str| {
        let host = text.strip_prefix("*.").unwrap_or(text);
        let bare = without_port(host.as_bytes()).len() == host.len();
        (!host.is_empty() && bare && !host.contains(['*', '/', ' '])).then(|| HostPattern(text.to_owned()))
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_no_part_of_a_host() {
        for (authority, expected) in [
            ("a.b:80", "a.b"),
            ("a.b", "a.b"),
            ("[::1]:80", "[::1]"),
            ("[::1]", "[::1]"),
            ("::1", "::1"),
            ("", ""),
        ] {
            assert_eq!(
                without_port(authority.as_bytes()),
                expected.as_bytes(),
                "{authority}"
            );
        }
    }
}
