//! Whatever a client sends where addresses, countries and regions are read: it's placed or not, and never gets its own
//! geo headers through.
#![no_main]

use geo_routing::GeoRouting;
use http_filter::{Decision, Headers, Plugin};
use http_filter_test::FakeHost;
use libfuzzer_sys::fuzz_target;
use std::rc::Rc;

const CONFIG: &[u8] = br#"{
    "client": [
        {"preset": "cloudflare", "trust": "anyone"},
        {"preset": "edge", "trust": {"secret": {"header": "x-secret", "value": "0123456789abcdef"}}},
        {"filter_state": "envoy.geoip"}, {"property": "source.client_region"}],
    "address": [{"header": "x-forwarded-for", "trusted_hops": 1}, {"header": "forwarded", "trusted": "10.0.0.0/8"},
        {"header": "x-real-ip", "trust": "anyone"}],
    "overrides": {"192.0.2.0/24": "DE", "2001:db8::/32": "FR", "0.0.0.0/1": {"country": "US", "at": [39, -77]}},
    "regions": {"eu": {"cluster": "e", "at": [50, 8]}, "us": {"cluster": "u", "at": [39, -77], "pin": {"continent": "SA"}}},
    "rules": [
        {"match": {"path": "/r/*"}, "redirect": "https://{country}.{host}{path}{query}"},
        {"match": {"path": "/s/*"}, "redirect": "/{continent}{path}"},
        {"when": {"country": "KP"}, "block": 451}, {"route": "nearest"}],
    "headers": {"x-geo-country": "country", "x-geo-city": "city", "x-geo-lat": "latitude"},
    "tester": {"header": "x-geo-as", "trust": {"secret": {"header": "x-secret", "value": "0123456789abcdef"}}},
    "debug": {"header": "x-debug", "trust": "anyone"}
}"#;

const NAMES: [&str; 17] = [
    ":path",
    ":authority",
    ":method",
    "x-forwarded-for",
    "forwarded",
    "x-real-ip",
    "cf-ipcountry",
    "cf-region-code",
    "cf-ipcity",
    "cf-iplatitude",
    "cf-iplongitude",
    "x-edge-country",
    "x-edge-region",
    "x-secret",
    "x-geo-as",
    "cookie",
    "x-geo-country",
];

fuzz_target!(|data: &[u8]| {
    let host = FakeHost::default();
    let mut fields = Vec::new();
    for line in data.split(|byte| *byte == b'\n').take(32) {
        match line.split_first() {
            Some((255, value)) => host.set_property("filter_state.envoy.geoip", value),
            Some((254, value)) => host.set_property("source.client_region", value),
            Some((which, value)) => {
                let name = NAMES[usize::from(*which) % NAMES.len()];
                fields.push((name.to_owned(), value.to_vec()));
            }
            None => {}
        }
    }
    let plugin = Rc::new(Plugin::<GeoRouting>::new(Some(CONFIG)).unwrap());
    let request = Headers::new(fields);
    let mut stream = plugin.stream();
    match stream.on_request_headers(&request, &host) {
        Decision::Continue(changes) => {
            let upstream = request.mutated(&changes.mutation(&request));
            assert!(!upstream.contains("x-secret") && !upstream.contains("x-geo-as"));
            for value in upstream.all("x-geo-country") {
                assert!(
                    value.len() == 2 && value.iter().all(u8::is_ascii_uppercase),
                    "{value:?}"
                );
            }
            for (_, value) in &changes.properties {
                serde_json::from_slice::<serde_json::Value>(value).unwrap();
            }
            let _ = stream.on_response_headers(&request, &host);
        }
        Decision::Reply(reply) => {
            for (name, value) in &reply.headers {
                assert!(
                    !value.bytes().any(|byte| byte.is_ascii_control()),
                    "{name}: {value:?}"
                );
                if name == "location" {
                    assert!(
                        value.starts_with("https://") || (value.starts_with('/') && !value.starts_with("//")),
                        "{value:?}"
                    );
                }
            }
        }
        other => panic!("{other:?}"),
    }
});
