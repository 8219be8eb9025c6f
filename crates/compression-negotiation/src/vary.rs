use http_fields::list;
use http_filter::Headers;

/// The value of Vary with `names` merged in (RFC 9110 §12.5.5), or `None` where it already says so: `*` says it all.
pub(crate) fn merged<'a>(response: &Headers, names: impl IntoIterator<Item = &'a str>) -> Option<Vec<u8>> {
    let mut value = response.combined("vary").unwrap_or_default().into_owned();
    let mut changed = false;
    for name in names {
        let said = list::members(&value)
            .any(|member| member == b"*" || member.eq_ignore_ascii_case(name.as_bytes()));
        if said {
            continue;
        }
        if !value.trim_ascii().is_empty() {
            value.extend_from_slice(b", ");
        }
        value.extend_from_slice(name.as_bytes());
        changed = true;
    }
    changed.then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_merged_once() {
        for (name, lines, expected) in [
            ("none", &[][..], Some("Accept-Encoding, Origin")),
            ("empty", &[""], Some("Accept-Encoding, Origin")),
            ("one", &["accept-encoding"], Some("accept-encoding, Origin")),
            ("both", &["Origin", "Accept-Encoding"], None),
            ("another", &["Cookie"], Some("Cookie, Accept-Encoding, Origin")),
            ("a star", &["Cookie, *"], None),
        ] {
            let response: Headers = lines.iter().map(|line| ("vary", *line)).collect();
            let value = merged(&response, ["Accept-Encoding", "Origin"]);
            assert_eq!(
                value.map(|value| String::from_utf8(value).unwrap()).as_deref(),
                expected,
                "{name}"
            );
        }
    }
}
