//! compression-negotiation in a real Envoy before a real nginx whose files lie encoded beside the plain ones: served by
//! path where nginx knows nothing of codings, and by `gzip_static` where it does.
#![allow(clippy::unwrap_used, reason = "tests")]

use edge_demo::envoy::Envoy;
use integration::{
    Nginx, Proxy, Upstream,
    codings::{self, Fetched, HTTP_1, HTTP_2, curl, decoded, run},
};
use serde_json::json;
use std::{fs, path::PathBuf, process::Stdio};

const SCRIPT: &str = "export const answer = 42; // a script, a script, a script\n";
const STYLE: &str = "body { color: black } /* a style, a style, a style */\n";
const PAGE: &str = "<!doctype html><p>the only page there is, is, is</p>\n";

struct Store {
    envoy: Envoy,
    /// It serves as long as it's held.
    _nginx: Nginx,
    files: PathBuf,
}

impl Store {
    /// `None` where a program is missing, which then is said.
    fn start() -> Option<Self> {
        const WHAT: &str = "files that lie encoded";
        if !codings::programs_are_here(WHAT) {
            return None;
        }
        let mut files = PathBuf::new();
        let nginx = Nginx::start(WHAT, |address, folder| {
            files = folder.join("files");
            let root = files.display();
            format!(
                "types {{ text/javascript js; text/css css; text/html html; }}
                default_type application/octet-stream;
                server {{
                  listen {address};
                  root {root};
                  location /one-page/ {{ try_files $uri /page.html; }}
                  location /knowing/ {{ gzip_static on; gzip_vary on; }}
                }}"
            )
        })?;
        for folder in ["plain", "one-page", "knowing"] {
            let folder = files.join(folder);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join("app.js"), SCRIPT).unwrap();
            fs::write(folder.join("a.css"), STYLE).unwrap();
        }
        fs::write(files.join("page.html"), PAGE).unwrap();
        let lay = |program: &str, path: &str, name: &str| {
            let plain = fs::File::open(files.join(path)).unwrap();
            fs::write(
                files.join(name),
                run(program, ["-c"], Stdio::from(plain)).unwrap(),
            )
            .unwrap();
        };
        lay("brotli", "plain/app.js", "plain/app.js.br");
        lay("gzip", "plain/app.js", "plain/app.js.gz");
        lay("gzip", "plain/a.css", "plain/a.css.gz");
        lay("gzip", "knowing/app.js", "knowing/app.js.gz");
        let files_of_the_store = json!({"cluster": "store", "remember": "10m"});
        let configuration = json!({"prefer": ["br", "gzip"], "rules": [
            {"match": {"path": "/plain/*"}, "precompressed": files_of_the_store},
            {"match": {"path": "/one-page/*"}, "precompressed": files_of_the_store},
        ]});
        let envoy = Proxy::default()
            .filter("compression-negotiation", &configuration)
            .cluster("store", nginx.address(), false)
            .start(&Upstream::start());
        Some(Self {
            envoy,
            _nginx: nginx,
            files,
        })
    }

    fn get(&self, path: &str, arguments: &[&str]) -> Fetched {
        let always = ["-H", "x-cluster: store"];
        curl(self.envoy.address(), path, &[&always, arguments].concat())
    }

    fn counter(&self, name: &str) -> u64 {
        let counters = self.envoy.admin().filter_counters().unwrap();
        counters
            .get(&format!("compression_negotiation.{name}"))
            .copied()
            .unwrap_or_default()
    }
}

/// As the file's own: the coding, the plain one's type, and a tag that is of these bytes.
#[track_caller]
fn assert_stored(fetched: &Fetched, coding: &str, content_type: &str, plain: &str) {
    assert_eq!((fetched.exit, fetched.status), (0, 200), "{fetched:?}");
    assert_eq!(fetched.field("content-encoding"), Some(coding), "{fetched:?}");
    assert_eq!(fetched.field("content-type"), Some(content_type), "{fetched:?}");
    assert_eq!(fetched.field("vary"), Some("Accept-Encoding"), "{fetched:?}");
    let length = fetched.body.len().to_string();
    assert_eq!(
        fetched.field("content-length"),
        Some(length.as_str()),
        "{fetched:?}"
    );
    assert_eq!(decoded(coding, &fetched.body).unwrap(), plain.as_bytes());
}

#[test]
fn files_are_found_by_path_and_the_plain_one_where_there_is_none() {
    let Some(store) = Store::start() else { return };
    for client in [HTTP_1, HTTP_2] {
        let browser = "accept-encoding: gzip, deflate, br, zstd";
        let script = store.get("/plain/app.js?v=1", &[client, "-H", browser]);
        assert_stored(&script, "br", "text/javascript", SCRIPT);
        assert_stored(
            &store.get("/plain/app.js", &[client, "-H", "accept-encoding: gzip"]),
            "gzip",
            "text/javascript",
            SCRIPT,
        );
        assert_stored(
            &store.get("/plain/a.css", &[client, "-H", browser]),
            "gzip",
            "text/css",
            STYLE,
        );

        let same = store.get("/plain/app.js", &[client, "--compressed"]);
        assert_eq!(same.body, SCRIPT.as_bytes(), "decoded by curl");

        // Its tag is its own, and is good for asking again; the plain one's is another.
        let tag = script.field("etag").unwrap();
        assert!(!tag.starts_with("W/"), "{tag}");
        let condition = format!("if-none-match: {tag}");
        let unchanged = store.get("/plain/app.js", &[client, "-H", browser, "-H", &condition]);
        assert_eq!(
            (unchanged.status, unchanged.field("etag")),
            (304, Some(tag)),
            "{unchanged:?}"
        );
        let plain = store.get(
            "/plain/app.js",
            &[client, "-H", "accept-encoding: identity", "-H", &condition],
        );
        assert_eq!((plain.status, plain.body.as_slice()), (200, SCRIPT.as_bytes()));
        assert_ne!(plain.field("etag"), Some(tag));
        assert_eq!(plain.field("vary"), Some("Accept-Encoding"), "{plain:?}");

        let head = store.get("/plain/app.js", &[client, "-I", "-H", browser]);
        assert_eq!(head.field("content-encoding"), Some("br"));
        assert_eq!(head.field("content-length"), script.field("content-length"));

        let part = store.get(
            "/plain/app.js",
            &[client, "-H", browser, "-H", "range: bytes=0-5"],
        );
        assert_eq!(
            (part.status, part.body.as_slice()),
            (206, b"export".as_slice()),
            "parts are plain"
        );
    }
    assert!(store.counter("stored_br") > 0 && store.counter("stored_gzip") > 0);
    let asked = store.counter("precompressed_checks");
    let _ = store.get("/plain/app.js", &["--compressed"]);
    assert_eq!(
        store.counter("precompressed_checks"),
        asked,
        "what was found is remembered"
    );
}

#[test]
fn what_the_store_says_of_no_file_is_never_taken_for_one() {
    let Some(store) = Store::start() else { return };
    let style = store.get("/one-page/a.css", &["--compressed"]);
    assert_eq!(
        (style.body.as_slice(), style.field("content-encoding")),
        (STYLE.as_bytes(), None)
    );
    let page = store.get("/one-page/what", &["--compressed"]);
    assert_eq!(
        (page.body.as_slice(), page.field("content-encoding")),
        (PAGE.as_bytes(), None)
    );
    let none = store.get("/plain/none.js", &["--compressed"]);
    assert_eq!((none.status, none.field("content-encoding")), (404, None));
}

#[test]
fn a_file_that_went_leaves_the_plain_one() {
    let Some(store) = Store::start() else { return };
    for client in [HTTP_1, HTTP_2] {
        assert_eq!(
            store.get("/plain/app.js", &[client, "--compressed"]).body,
            SCRIPT.as_bytes()
        );
    }
    fs::remove_file(store.files.join("plain/app.js.br")).unwrap();
    // One request, as a browser sends it: it follows, and finds what there is.
    for client in [HTTP_1, HTTP_2] {
        let found = store.get(
            "/plain/app.js?v=1",
            &[client, "--location", "-H", "accept-encoding: br"],
        );
        assert_eq!(found.exit, 0, "{found:?}");
        assert_eq!(found.body, SCRIPT.as_bytes(), "{found:?}");
    }
    assert_eq!(store.counter("precompressed_gone"), 1);
}

#[test]
fn a_store_that_knows_codings_is_told_the_one() {
    let Some(store) = Store::start() else { return };
    for client in [HTTP_1, HTTP_2] {
        let accept = ["-H", "accept-encoding: GZIP;q=0.5, identity;q=0.1"];
        let script = store.get("/knowing/app.js", &[&[client], accept.as_slice()].concat());
        assert_stored(&script, "gzip", "text/javascript", SCRIPT);
        let tag = script.field("etag").unwrap();
        let condition = format!("if-none-match: {tag}");
        let again = store.get(
            "/knowing/app.js",
            &[&[client, "-H", &condition], accept.as_slice()].concat(),
        );
        assert_eq!((again.status, again.field("etag")), (304, Some(tag)), "{again:?}");
        assert_eq!(again.field("vary"), Some("Accept-Encoding"), "{again:?}");
    }
}
