/// Whether two field names become one where names become variables: CGI, WSGI, PHP and the like write every character that is no
/// letter and no digit as `_`, and don't tell cases apart (RFC 3875 §4.1.18).
///
/// ```
/// use http_fields::are_aliases;
/// assert!(are_aliases("x-user", "X_User") && are_aliases("x-user", "x.user"));
/// assert!(!are_aliases("x-user", "xuser"));
/// ```
pub fn are_aliases(a: &str, b: &str) -> bool {
    let folded = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() => byte.to_ascii_lowercase(),
        _ => b'_',
    };
    a.len() == b.len()
        // A pseudo-header is no variable.
        && a.starts_with(':') == b.starts_with(':')
        && a.bytes().zip(b.bytes()).all(|(a, b)| folded(a) == folded(b))
}
