use super::*;
use proptest::prelude::*;

fn read(line: &str) -> Directives {
    CacheControl::parse([line.as_bytes()]).directives()
}

#[test]
fn lifetimes_are_read_as_caches_read_them() {
    for (name, line, expected) in [
        ("plain", "max-age=60", Some(60)),
        ("case", "MaX-aGe=60", Some(60)),
        ("quoted", "max-age=\"60\"", Some(60)),
        ("leading zeros", "max-age=0060", Some(60)),
        ("overflow", "max-age=99999999999", Some(1 << 31)),
        ("duplicates: the stricter", "max-age=1800, max-age=1", Some(1)),
        (
            "duplicates, the other way",
            "max-age=1, s-maxage=9, max-age=1800",
            Some(1),
        ),
        ("negative", "max-age=-60", Some(0)),
        ("decimal", "max-age=60.0", Some(0)),
        ("letters", "max-age=60a", Some(0)),
        ("single quotes", "max-age='60'", Some(0)),
        ("no argument", "max-age", Some(0)),
        ("empty argument", "max-age=", Some(0)),
        ("space before =", "max-age =60", None),
        ("space after =", "max-age= 60", Some(0)),
        ("inside another's quotes", "x=\"max-age=60\"", None),
        ("after an escaped quote", "x=\"a\\\", max-age=60\"", None),
        ("after an unclosed quote", "x=\"a, max-age=60", Some(60)),
        ("misspelt", "maxAge=60", None),
        ("empty members", ", ,max-age=60,,", Some(60)),
    ] {
        assert_eq!(read(line).max_age, expected, "{name}: {line}");
    }
}

#[test]
fn restrictions_are_read_generously() {
    for (line, no_store, no_cache, private) in [
        ("no-store", true, Scope::Nothing, Scope::Nothing),
        ("No-StOrE=x", true, Scope::Nothing, Scope::Nothing),
        ("no-cache, private", false, Scope::Response, Scope::Response),
        ("no-cache=\"a, b\"", false, Scope::Fields, Scope::Nothing),
        ("no-cache=a", false, Scope::Fields, Scope::Nothing),
        ("no-cache=\"\"", false, Scope::Response, Scope::Nothing),
        ("private=\"a\", private", false, Scope::Nothing, Scope::Response),
        ("private; max-age=0", false, Scope::Nothing, Scope::Response),
        ("no-store no-cache", true, Scope::Response, Scope::Nothing),
        ("max-age=60; no-store", true, Scope::Nothing, Scope::Nothing),
        ("max-age=60 private", false, Scope::Nothing, Scope::Response),
        ("no-cache : x", false, Scope::Response, Scope::Nothing),
        ("public\tPRIVATE", false, Scope::Nothing, Scope::Response),
        ("'no-store'", true, Scope::Nothing, Scope::Nothing),
        ("\"private\"", false, Scope::Nothing, Scope::Response),
        ("community=\"UCI, no-store", true, Scope::Nothing, Scope::Nothing),
        (
            "community=\"UCI, max-age=60",
            true,
            Scope::Nothing,
            Scope::Nothing,
        ),
        ("private=\"x", true, Scope::Nothing, Scope::Response),
        ("x=\"a, no-store\"", false, Scope::Nothing, Scope::Nothing),
        ("x=no-store", false, Scope::Nothing, Scope::Nothing),
        (
            "x-private, no-store-remote",
            false,
            Scope::Nothing,
            Scope::Nothing,
        ),
    ] {
        let directives = read(line);
        assert_eq!(
            (directives.no_store, directives.no_cache, directives.private),
            (no_store, no_cache, private),
            "{line}"
        );
    }
}

#[test]
fn what_nobody_knows_survives() {
    let mut field = CacheControl::parse([&b"x=\"1, 2\", public, Y"[..], b"max-age=1"]);
    field.retain(|member| !member.is("public"));
    assert_eq!(field.to_bytes(), b"x=\"1, 2\", Y, max-age=1");
    assert!(field.contains("y") && !field.contains("public"));
}

#[test]
fn what_has_no_end_is_left_out() {
    for (line, expected) in [
        ("a, b=\"x", "a"),
        ("a=\"x\\\"", ""),
        ("a=\"x\\\"\", \"", "a=\"x\\\"\""),
        ("a=\\\", b", ""),
        ("\"a\\=\", b", "b"),
        ("private; max-age=0, x", "x"),
        ("a=\"\\\\\", b", "a=\"\\\\\", b"),
    ] {
        let mut field = CacheControl::parse([line.as_bytes()]);
        field.drop_malformed();
        assert_eq!(field.to_bytes(), expected.as_bytes(), "{line}");
    }
}

proptest! {
    #[test]
    fn what_is_written_reads_back(line in prop::collection::vec(any::<u8>(), 0..80)) {
        let field = CacheControl::parse([line.as_slice()]);
        let written = field.to_bytes();
        let again = CacheControl::parse([written.as_slice()]);
        prop_assert_eq!(field.directives(), again.directives());
        prop_assert_eq!(field, again);
    }

    #[test]
    fn transformation_is_forbidden_as_the_directives_say(
        lines in prop::collection::vec("((No-|no-|x=\")?(transform|TRANSFORM|store|a)[,; =\"]{0,2}){0,5}", 0..3),
    ) {
        let lines: Vec<&[u8]> = lines.iter().map(String::as_bytes).collect();
        let said = Directives::of(lines.iter().copied());
        prop_assert_eq!(forbids_transformation(lines), said.no_transform);
    }
}
