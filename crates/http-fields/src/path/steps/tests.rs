use super::*;

#[test]
fn steps() {
    for (name, step, path, expected) in [
        (
            "parameters",
            without_parameters as Step,
            "/a;x/b;y=1;z/c",
            Some("/a/b/c"),
        ),
        ("parameters alone", without_parameters, "/;/a", Some("//a")),
        ("no parameters", without_parameters, "/a", None),
        ("dots", without_dot_segments, "/a/./b/../c", Some("/a/c")),
        ("dots at the end", without_dot_segments, "/a/b/..", Some("/a/")),
        (
            "dots at the end, no slash",
            without_dots_at_end,
            "/a/b/c/..",
            Some("/a/b"),
        ),
        ("nothing but dots", without_dots_at_end, "/.", Some("/")),
        ("no dots at the end", without_dots_at_end, "/a/../b", None),
        (
            "the last parameter",
            without_last_parameter,
            "/a;x/b;y;z",
            Some("/a;x/b;y"),
        ),
        (
            "one parameter at the end",
            without_last_parameter,
            "/a;x/b;y",
            None,
        ),
        ("dots above the root", without_dot_segments, "/../..", Some("/")),
        (
            "dots over an empty segment",
            without_dot_segments,
            "/a//../b",
            Some("/a/b"),
        ),
        ("no dot segments", without_dot_segments, "/a.b/..c", None),
        ("slashes", with_slashes_merged, "//a///b/", Some("/a/b/")),
        (
            "slashes in front",
            with_leading_slashes_merged,
            "///a//b",
            Some("/a//b"),
        ),
        (
            "nothing but slashes",
            with_leading_slashes_merged,
            "//",
            Some("/"),
        ),
        (
            "odd escapes",
            with_odd_escapes,
            "/%25u0061%256=%25u00fc%2561%25zz",
            Some("/am%C3%BC%2561%25zz"),
        ),
        ("single slashes", with_slashes_merged, "/a/b/", None),
        (
            "escaped slashes",
            with_escaped_slashes,
            "/a%2Fb%5C",
            Some("/a/b%5C"),
        ),
        ("backslashes", with_backslashes, "/a\\b", Some("/a/b")),
        ("escaped ones", with_escaped_backslashes, "/a%5Cb", Some("/a/b")),
        ("escaped dots", with_escaped_dots, "/%2E%2E/", Some("/../")),
        ("decoded", decoded, "/a%2Fb%3Bc%252F", Some("/a/b;c%2F")),
        ("decoded to the same", decoded, "/%C3%BC", None),
        ("query", until_query, "/a%3Fb%23", Some("/a")),
        ("NUL", until_nul, "/a%00.css", Some("/a")),
        (
            "overlong",
            with_overlong_forms,
            "/%C0%AE%E0%80%AE%F0%80%80%AF%C1%A1%C0%A5",
            Some("/../a%25"),
        ),
        ("UTF-8", with_overlong_forms, "/%C3%BC%E0%A4%85%C0", None),
        (
            "trailing dots",
            without_trailing_dots,
            "/a./b%20/..%20/c%0A",
            Some("/a/b/../c%0A"),
        ),
        (
            "trailing blanks",
            without_trailing_blanks,
            "/a./b%20%85%A0/c%0A%1F",
            Some("/a./b/c"),
        ),
    ] {
        let made = step(path.as_bytes());
        assert_eq!(made.as_deref(), expected.map(str::as_bytes), "{name}");
    }
}
