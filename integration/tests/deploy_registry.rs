//! Pushing to registries that ask who is there.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use integration::{Answer, Dist, Registry, Upstream};
use std::fs;

/// What a password is in these tests, and the line for it that a registry knows.
const PASSWORD: &str = "correct horse";
const USER: &str = "ada:$2b$04$RutGFG4fMXvZNnxm8oaMauAoVtl175jPpl80DeH1JLXCIaoTC2JIS\n";

/// How a push says who it is: environment, the file of `docker login`, and what comes of it.
type Login<'a> = (
    &'a str,
    &'a [(&'a str, &'a str)],
    Option<&'a str>,
    Result<(), &'a str>,
);

#[test]
fn who_may_push_is_asked_for() {
    let Some(registry) = Registry::start_for(Some(USER)) else {
        return;
    };
    let address = registry.address().to_string();
    let auth = r#"{"auths": {"HOST": {"auth": "YWRhOmNvcnJlY3QgaG9yc2U="}}}"#.replace("HOST", &address);
    let cases: [Login; 4] = [
        ("nobody", &[], None, Err("not logged in: docker login")),
        (
            "a wrong password",
            &[("REGISTRY_USER", "ada"), ("REGISTRY_PASSWORD", "battery staple")],
            None,
            Err("HEAD: 401"),
        ),
        (
            "by the environment",
            &[("REGISTRY_USER", "ada"), ("REGISTRY_PASSWORD", PASSWORD)],
            None,
            Ok(()),
        ),
        ("by docker login", &[], Some(&auth), Ok(())),
    ];
    for (name, environment, login, expected) in cases {
        let dist = Dist::of_all();
        if let Some(login) = login {
            fs::write(dist.path().join("config.json"), login).unwrap();
        }
        let printed = dist.push(&address, environment);
        match (&printed, expected) {
            (Ok(_), Ok(())) => {}
            (Err(printed), Err(part)) if printed.contains(part) => {}
            _ => panic!("{name}: {printed:?}"),
        }
        let printed = printed.unwrap_or_else(|printed| printed);
        assert!(
            !printed.contains(PASSWORD) && !printed.contains("staple"),
            "{name}: {printed}"
        );
    }
}

/// As ghcr.io and Docker Hub do it: the registry says where tokens are had, and for what.
#[test]
fn a_token_is_fetched_where_the_registry_says() {
    let registry = Upstream::start();
    let at = registry.address();
    let challenge = format!(r#"Bearer realm="http://{at}/token",service="tests",scope="ignored""#);
    let status = |status| Answer {
        status,
        ..Answer::default()
    };
    registry.answer_next_with(status(401).header("WWW-Authenticate", challenge));
    registry.answer_next_with(Answer::text(r#"{"token": "of-the-registry"}"#));
    // Both of its blobs are there already; the manifest is taken.
    registry.answer_next_with(status(200));
    registry.answer_next_with(status(200));
    registry.answer_with(status(201));
    let dist = Dist::of_all();
    let environment = [("REGISTRY_USER", "ada"), ("REGISTRY_PASSWORD", PASSWORD)];
    dist.run(
        "scripts/images.py",
        &["build", dist.path().to_str().unwrap(), "1.2.3", "jwt-auth"],
        &[],
    )
    .unwrap();
    let arguments = [
        "push",
        dist.path().to_str().unwrap(),
        "1.2.3",
        &format!("http://{at}/somebody"),
    ];
    let printed = dist.run("scripts/images.py", &arguments, &environment).unwrap();
    let seen: Vec<String> = registry
        .received()
        .iter()
        .map(|request| {
            let field =
                |name| String::from_utf8_lossy(request.headers.first(name).unwrap_or_default()).into_owned();
            let path = field(":path");
            let path = path.split("/sha256:").next().unwrap();
            format!("{} {path} {}", field(":method"), field("authorization"))
                .trim()
                .to_owned()
        })
        .collect();
    let basic = "Basic YWRhOmNvcnJlY3QgaG9yc2U=";
    let bearer = "Bearer of-the-registry";
    assert_eq!(
        seen,
        [
            "HEAD /v2/somebody/jwt-auth/blobs".to_owned(),
            format!("GET /token?service=tests&scope=repository%3Asomebody%2Fjwt-auth%3Apull%2Cpush {basic}"),
            format!("HEAD /v2/somebody/jwt-auth/blobs {bearer}"),
            format!("HEAD /v2/somebody/jwt-auth/blobs {bearer}"),
            format!("PUT /v2/somebody/jwt-auth/manifests/1.2.3 {bearer}"),
        ]
    );
    assert!(!printed.contains("of-the-registry"), "{printed}");
}
