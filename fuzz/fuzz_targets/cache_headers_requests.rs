//! Whatever a client sends: what requests lose is lost the first time, nothing is made up, and no line is broken.
#![no_main]

use cache_headers::CacheHeaders;
use http_fields::cookies;
use http_filter::{Decision, Headers, Plugin};
use http_filter_test::FakeHost;
use libfuzzer_sys::fuzz_target;
use std::{cell::OnceCell, rc::Rc};

const CONFIG: &[u8] = br#"{"requests": [
    {"match": {"path": "/keep*"}, "query": {"keep": ["a*", "id"]}, "cookies": {"drop": ["_*"]}, "languages": ["fr", "de-AT"]},
    {"ignore_cache_control": true, "query": {"sort": true, "drop": ["utm_*", "b"]}, "cookies": {"keep": ["a*"]}, "languages": ["en", "de"]}
]}"#;
const NAMES: [&str; 5] = ["cookie", "accept-language", "cache-control", "pragma", "x"];

thread_local! {
    static PLUGIN: OnceCell<Rc<Plugin<CacheHeaders>>> = const { OnceCell::new() };
}

/// The request as the upstream sees it.
fn passed(request: &Headers) -> Headers {
    let plugin =
        PLUGIN.with(|plugin| Rc::clone(plugin.get_or_init(|| Rc::new(Plugin::new(Some(CONFIG)).unwrap()))));
    match plugin
        .stream()
        .on_request_headers(&request, &FakeHost::default())
    {
        Decision::Continue(changes) => request.mutated(&changes.mutation(&request)),
        _ => panic!("held"),
    }
}

/// The parameters of a request.
fn parameters(request: &Headers) -> Vec<Vec<u8>> {
    let mut target = request.target().splitn(2, |byte| *byte == b'?');
    let query = target.nth(1).unwrap_or_default();
    query.split(|byte| *byte == b'&').map(<[u8]>::to_vec).collect()
}

fuzz_target!(|input: &[u8]| {
    let clean = |line: &[u8]| -> Vec<u8> {
        line.iter()
            .copied()
            .filter(|byte| !matches!(byte, b'\r' | 0))
            .collect()
    };
    let mut lines = input.split(|byte| *byte == b'\n').take(40);
    let target = [b"/", clean(lines.next().unwrap_or_default()).as_slice()].concat();
    let mut fields = vec![
        (":method".to_owned(), b"GET".to_vec()),
        (":path".to_owned(), target),
    ];
    for line in lines {
        if let Some((name, value)) = line.split_first() {
            fields.push((NAMES[usize::from(*name) % NAMES.len()].to_owned(), clean(value)));
        }
    }
    let request = Headers::new(fields);
    let once = passed(&request);
    let twice = passed(&once);
    assert!(once.iter().eq(twice.iter()), "{request:?}\n{once:?}\n{twice:?}");
    let (before, after) = (parameters(&request), parameters(&once));
    assert!(
        after
            .iter()
            .all(|parameter| parameter.is_empty() || before.contains(parameter))
    );
    let had: Vec<_> = cookies::all(request.all("cookie"))
        .map(|cookie| (cookie.name.to_vec(), cookie.value.to_vec()))
        .collect();
    for cookie in cookies::all(once.all("cookie")) {
        assert!(
            had.contains(&(cookie.name.to_vec(), cookie.value.to_vec())),
            "{request:?}\n{once:?}"
        );
    }
    for (name, value) in once.iter() {
        assert!(
            !value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)),
            "{name}: {value:?}"
        );
    }
});
