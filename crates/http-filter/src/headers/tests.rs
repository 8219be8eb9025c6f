use super::*;

fn headers(fields: &[(&str, &str)]) -> Headers {
    fields.iter().copied().collect()
}

#[test]
fn reads_fields_as_bytes_and_by_rule() {
    let request = headers(&[
        (":method", "GET"),
        (":path", "/a/b?x=1?2#f"),
        (":authority", "example.com:8443"),
        ("accept", "a"),
        ("accept", "b"),
        ("one", "\u{fffd}"),
    ]);
    assert_eq!(request.path(), b"/a/b");
    assert_eq!(request.query(), Some(&b"x=1?2"[..]));
    assert_eq!(request.authority(), b"example.com:8443");
    assert_eq!(request.combined("accept").as_deref(), Some(&b"a, b"[..]));
    assert_eq!(request.single("accept"), Err(Repeated));
    assert_eq!(request.single("none"), Ok(None));
    assert_eq!(request.all("accept").count(), 2);
    assert_eq!(request.status(), None);
}

#[test]
fn status_is_three_digits_or_nothing() {
    for (name, value, expected) in [
        ("ok", "200", Some(200)),
        ("short", "20", None),
        ("letters", "2x0", None),
        ("leading zero", "099", None),
        ("empty", "", None),
    ] {
        assert_eq!(headers(&[(":status", value)]).status(), expected, "{name}");
    }
}

#[test]
fn grpc_is_told_by_the_content_type() {
    for (value, expected) in [
        ("application/grpc", true),
        ("application/grpc+proto", true),
        ("application/grpc; x=y", true),
        ("application/grpc-web", false),
        ("application/json", false),
    ] {
        assert_eq!(headers(&[("content-type", value)]).is_grpc(), expected, "{value}");
    }
}

#[test]
fn mutations_apply_in_order() {
    let before = headers(&[("a", "1"), ("a", "2"), ("b", "3")]);
    let mutation = HeaderMutation::default()
        .set("a", "x")
        .append("a", "y")
        .remove("b")
        .set("c", "z")
        .remove("d");
    assert_eq!(
        before.mutated(&mutation),
        headers(&[("a", "x"), ("a", "y"), ("c", "z")])
    );
}
