use super::*;
use crate::Marks;

fn request(method: &str, path: &str) -> Headers {
    [(":method", method), (":path", path)].into_iter().collect()
}

#[test]
fn readings_are_of_path_and_method() {
    for (method, path, expected) in [
        ("GET", "/a?x=//;", &["GET /a"][..]),
        ("GET", "/a;x?y", &["GET /a;x", "GET /a"]),
        ("post", "/a", &["post /a", "POST /a"]),
        (
            "post",
            "/a/./",
            &["post /a/./", "post /a/", "POST /a/./", "POST /a/"],
        ),
        ("GET", "/a#/../b", &["GET /a%23/../b", "GET /b", "GET /a"]),
    ] {
        let request = request(method, path);
        let readings = request.readings(Concerns::TARGET);
        let said = readings.choices(&mut |reading| {
            [reading.method, reading.path]
                .map(|text| String::from_utf8_lossy(text).into_owned())
                .join(" ")
        });
        assert_eq!(said.iter().collect::<Vec<_>>(), expected, "{method} {path}");
        assert!(said.complete);
    }
}

#[test]
fn readings_are_of_host_and_fields() {
    let all = Concerns {
        target: true,
        host: true,
        fields: Marks::of(["x-user"]),
        cookies: true,
        query: true,
    };
    let request: Headers = [
        (":method", "get"),
        (":authority", "A.example:x@b.example"),
        (":path", "/a;x?b"),
        ("x_user", "1"),
        ("cookie", "a=1"),
    ]
    .into_iter()
    .collect();
    for (name, concerns, expected) in [
        ("nothing", Concerns::default(), 1),
        ("target", Concerns::TARGET, 4),
        (
            "host",
            Concerns {
                host: true,
                ..Concerns::default()
            },
            2,
        ),
        (
            "fields",
            Concerns {
                fields: Marks::of(["x-user"]),
                ..Concerns::default()
            },
            2,
        ),
        (
            "cookies",
            Concerns {
                cookies: true,
                ..Concerns::default()
            },
            2,
        ),
        (
            "query",
            Concerns {
                query: true,
                ..Concerns::default()
            },
            2,
        ),
        ("all", all, 16),
    ] {
        let mut found = Vec::new();
        request.readings(concerns).each(&mut |reading| {
            found.push(format!("{reading:?}"));
        });
        assert_eq!(found.len(), expected, "{name}: {found:?}");
    }
    let hosts = request
        .readings(all)
        .choices(&mut |reading| reading.host.to_vec());
    assert_eq!(
        (&*hosts.first, &*hosts.others),
        (&b"b.example"[..], &[b"a.example".to_vec()][..])
    );
}

#[test]
fn readings_follow_edits_of_the_path() {
    let before = request("GET", "/a;x");
    assert_eq!(
        before
            .readings(Concerns::TARGET)
            .choices(&mut |reading| reading.path.len())
            .others
            .len(),
        1
    );
    let after = before.mutated(&crate::HeaderMutation::default().set(":path", "/a"));
    assert!(
        after
            .readings(Concerns::TARGET)
            .choices(&mut |reading| reading.path.len())
            .others
            .is_empty()
    );
}
