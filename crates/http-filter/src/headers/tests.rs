use super::*;
use crate::HeaderEdit;
use proptest::prelude::*;
use std::cell::Cell;

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
fn a_grpc_call_is_a_post() {
    for (method, content_type, expected) in [
        ("POST", "application/grpc", true),
        ("GET", "application/grpc", false),
        ("POST", "application/json", false),
        ("post", "application/grpc", false),
    ] {
        let request = headers(&[(":method", method), ("content-type", content_type)]);
        assert_eq!(request.is_grpc_call(), expected, "{method} {content_type}");
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

#[test]
fn copies_are_edited_apart() {
    let came = headers(&[("a", "1"), ("b", "2")]);
    let mut copy = came.clone();
    copy.mutate(HeaderMutation::default().remove("a").append("b", "3"));
    assert_eq!(came, headers(&[("a", "1"), ("b", "2")]));
    assert_eq!(copy.settled(), headers(&[("b", "2"), ("b", "3")]));
    assert_eq!(copy.len(), 2);
    let carried_out = copy.into_mutation();
    assert_eq!(carried_out.edits().len(), 2);
    assert_eq!(
        came.mutated(&carried_out).combined("b").as_deref(),
        Some(&b"2, 3"[..])
    );
}

#[test]
fn a_snapshot_is_taken_once_and_only_if_somebody_looks() {
    let taken = Rc::new(Cell::new(0));
    let source = {
        let taken = Rc::clone(&taken);
        move || {
            taken.set(taken.get() + 1);
            vec![("a".to_owned(), b"1".to_vec())]
        }
    };
    drop(Headers::lazy(source.clone()));
    assert_eq!(taken.get(), 0);
    let headers = Headers::lazy(source).with_end_of_stream(true);
    let copy = headers.clone();
    assert!(headers.contains("a") && copy.contains("a") && copy.end_of_stream());
    assert_eq!(taken.get(), 1);
}

/// The same by carrying out every edit on a list of lines.
fn carried_out(mut fields: Vec<(String, Vec<u8>)>, edits: &[HeaderEdit]) -> Vec<(String, Vec<u8>)> {
    for edit in edits {
        let name = edit.name().to_owned();
        match edit {
            HeaderEdit::Append(_, value) => fields.push((name, value.to_vec())),
            HeaderEdit::Remove(_) => fields.retain(|(other, _)| *other != name),
            HeaderEdit::Set(_, value) => {
                let first = fields.iter().position(|(other, _)| *other == name);
                let place = first.unwrap_or(fields.len());
                fields.insert(place, (name.clone(), value.to_vec()));
                let mut number = 0;
                fields.retain(|(other, _)| {
                    number += 1;
                    *other != name || number == place + 1
                });
            }
        }
    }
    fields
}

fn edits() -> impl Strategy<Value = Vec<HeaderEdit>> {
    let edit =
        (0..3, "[ab]{1,2}", "[0-9]").prop_map(|(kind, name, value): (i32, String, String)| match kind {
            0 => HeaderEdit::Set(name.into(), value.into()),
            1 => HeaderEdit::Append(name.into(), value.into()),
            _ => HeaderEdit::Remove(name.into()),
        });
    prop::collection::vec(edit, 0..8)
}

proptest! {
    #[test]
    fn edits_that_lie_over_fields_are_as_good_as_carried_out(
        fields in prop::collection::vec(("[ab]{1,2}", "[0-9]"), 0..6),
        first in edits(),
        second in edits(),
    ) {
        let fields: Vec<(String, Vec<u8>)> =
            fields.into_iter().map(|(name, value)| (name, value.into_bytes())).collect();
        let expected = carried_out(carried_out(fields.clone(), &first), &second);
        let mut headers = Headers::new(fields);
        for edits in [first, second] {
            let mut mutation = HeaderMutation::default();
            edits.into_iter().for_each(|edit| mutation.push(edit));
            headers.mutate(mutation);
        }
        for name in ["a", "b", "aa", "ab", "ba", "bb"] {
            let lines: Vec<&[u8]> =
                expected.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_slice()).collect();
            prop_assert_eq!(headers.all(name).collect::<Vec<_>>(), lines.clone(), "{}", name);
            prop_assert_eq!(headers.first(name), lines.first().copied());
            let all: Vec<_> = headers.iter().filter(|(other, _)| *other == name).map(|(_, value)| value).collect();
            prop_assert_eq!(all, lines, "{}, of all", name);
        }
        prop_assert_eq!(headers.len(), expected.len());
    }
}

/// The same fields, as a native host hands them over.
fn packed(fields: &[(&str, &str)]) -> Headers {
    let (mut names, mut values, mut ends) = (String::new(), Vec::new(), Vec::new());
    for (name, value) in fields {
        names.push_str(name);
        values.extend_from_slice(value.as_bytes());
        ends.push((names.len() as u32, values.len() as u32));
    }
    Headers::packed(names, values, ends)
}

#[test]
fn packed_fields_are_those_that_came() {
    for (name, fields) in [
        ("none", &[][..]),
        ("one without a value", &[("a", "")]),
        (
            "repeated, and aliases",
            &[
                (":path", "/"),
                ("x-a", "1"),
                ("x_a", "2"),
                ("x-a", ""),
                ("x-b", "3"),
            ],
        ),
    ] {
        let (apart, one) = (headers(fields), packed(fields));
        assert_eq!(one, apart, "{name}");
        for asked in [":path", "a", "x-a", "x_a", "x-b", "x-c", ""] {
            assert!(one.all(asked).eq(apart.all(asked)), "{name}: {asked}");
            assert!(one.aliases(asked).eq(apart.aliases(asked)), "{name}: {asked}");
        }
        let edits = HeaderMutation::default().set("x-a", "4").append("x-c", "5");
        assert_eq!(one.mutated(&edits), apart.mutated(&edits), "{name}");
    }
    let cut = Headers::packed("ab".into(), Vec::new(), vec![(1, 0), (9, 0)]);
    assert_eq!((cut.len(), cut.all("b").count()), (1, 0));
}
