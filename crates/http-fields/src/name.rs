/// Whether two field names become one where names become variables: CGI, WSGI, PHP and the like write every character that is no
/// letter and no digit as `_`, and don't tell cases apart (RFC 3875 §4.1.18).
///
/// ```
/// use http_fields::are_aliases;
/// assert!(are_aliases("x-user", "X_User") && are_aliases("x-user", "x.user"));
/// assert!(!are_aliases("x-user", "xuser"));
/// ```
pub fn are_aliases(a: &str, b: &str) -> bool {
    // A pseudo-header is no variable.
    a.starts_with(':') == b.starts_with(':') && are_one_variable(a.as_bytes(), b.as_bytes())
}

/// Whether two names become the same variable's name.
pub(crate) fn are_one_variable(a: &[u8], b: &[u8]) -> bool {
    let mut bytes = a.iter().zip(b);
    a.len() == b.len() && bytes.all(|(a, b)| of_variable(*a) == of_variable(*b))
}

/// What a byte of a field name becomes in the name of a variable, in lower case.
#[inline]
pub fn of_variable(byte: u8) -> u8 {
    // Every look-up of a field asks twice.
    OF_VARIABLE.get(usize::from(byte)).copied().unwrap_or(b'_')
}

#[allow(clippy::indexing_slicing, reason = "the compiler runs it")]
static OF_VARIABLE: [u8; 256] = {
    let mut table = [b'_'; 256];
    let mut rest: &[u8] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    while let [byte, after @ ..] = rest {
        table[*byte as usize] = byte.to_ascii_lowercase();
        rest = after;
    }
    table
};
