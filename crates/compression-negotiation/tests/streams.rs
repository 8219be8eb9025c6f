//! Bodies on their way through the filter, chunk by chunk.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use compression_negotiation::CompressionNegotiation;
use http_filter::{BodyPlan, Headers, Plugin, Stream};
use http_filter_test::FakeHost;
use std::{io::Read, rc::Rc};

type Plug = Rc<Plugin<CompressionNegotiation>>;

fn plugin(config: &str) -> Plug {
    Rc::new(Plugin::new(Some(config.as_bytes())).unwrap_or_else(|error| panic!("{error}")))
}

/// A stream whose response is being encoded.
fn begun(
    plugin: &Plug,
    response: &[(&str, &str)],
    host: &FakeHost,
) -> (Stream<CompressionNegotiation>, BodyPlan) {
    let mut stream = plugin.stream();
    let request: Headers = [(":method", "GET"), (":path", "/"), ("accept-encoding", "gzip")]
        .into_iter()
        .collect();
    let _: http_filter::Decision = stream.on_request_headers(&request, host);
    let response: Headers = [(":status", "200"), ("content-type", "text/plain")]
        .into_iter()
        .chain(response.iter().copied())
        .collect();
    let plan = stream.on_response_headers(&response, host);
    (stream, plan.body)
}

fn gunzip(encoded: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    libflate::gzip::Decoder::new(encoded)
        .unwrap()
        .read_to_end(&mut plain)
        .unwrap();
    plain
}

#[test]
fn a_body_of_known_length_is_finished_by_its_last_byte() {
    let host = FakeHost::default();
    let plugin = plugin(r#"{"encode": true, "min_length": 0}"#);
    let (mut stream, plan) = begun(&plugin, &[("content-length", "10")], &host);
    assert_eq!(plan, BodyPlan::Rewrite);
    let mut out = stream.on_response_body(b"hello", false, &host).unwrap();
    assert!(out.is_empty() || out.starts_with(&[0x1f, 0x8b]));
    // Trailers follow: no last chunk is ever announced.
    out.extend(stream.on_response_body(b"world", false, &host).unwrap());
    assert_eq!(gunzip(&out), b"helloworld");
    // Were one announced all the same, there is nothing left to say.
    assert_eq!(stream.on_response_body(b"", true, &host).unwrap(), b"");
    assert_eq!(host.counter("bytes_after_gzip"), out.len() as u64);
}

#[test]
fn an_empty_body_of_unknown_length_is_a_whole_stream() {
    let host = FakeHost::default();
    let plugin = plugin(r#"{"encode": {"trailers": "never"}}"#);
    let (mut stream, _) = begun(&plugin, &[], &host);
    assert_eq!(gunzip(&stream.on_response_body(b"", true, &host).unwrap()), b"");
}

#[test]
fn chunks_of_unknown_length_are_flushed() {
    let host = FakeHost::default();
    for (name, config, flushed) in [
        ("auto", r#"{"encode": {"trailers": "never"}}"#, true),
        (
            "always",
            r#"{"encode": {"trailers": "never", "flush": "always"}}"#,
            true,
        ),
        (
            "never",
            r#"{"encode": {"trailers": "never", "flush": "never"}}"#,
            false,
        ),
    ] {
        let plugin = plugin(config);
        let (mut stream, _) = begun(&plugin, &[], &host);
        let out = stream.on_response_body(b"data", false, &host).unwrap();
        let mut seen = [0; 4];
        let read = flate2::read::GzDecoder::new(out.as_slice())
            .read(&mut seen)
            .unwrap_or(0);
        assert_eq!(read == 4, flushed, "{name}");
    }
}

#[test]
fn what_does_not_shrink_is_given_up_and_stays_whole() {
    let host = FakeHost::default();
    let plugin = plugin(r#"{"encode": {"trailers": "never"}}"#);
    let mut state = 1u64;
    let noise: Vec<u8> = (0..1_000_000)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 56) as u8
        })
        .collect();
    let (mut stream, _) = begun(&plugin, &[], &host);
    let mut out = Vec::new();
    for chunk in noise.chunks(16_384) {
        out.extend(stream.on_response_body(chunk, false, &host).unwrap());
    }
    out.extend(stream.on_response_body(b"", true, &host).unwrap());
    assert!(gunzip(&out) == noise);
    assert_eq!(host.counter("bailed_out"), 1);
    assert!(out.len() < noise.len() + 2000, "{}", out.len());
}

#[test]
fn a_thousand_slow_streams_stay_within_memory() {
    let host = FakeHost::default();
    let plugin = plugin(r#"{"encode": {"trailers": "never", "memory": "8MiB"}}"#);
    let mut streams: Vec<_> = (0..1000).map(|_| begun(&plugin, &[], &host)).collect();
    let encoded = streams
        .iter()
        .filter(|(_, plan)| *plan == BodyPlan::Rewrite)
        .count();
    assert!((10..40).contains(&encoded), "{encoded}");
    assert_eq!(host.counter("skipped_memory"), 1000 - encoded as u64);
    // Those that are aborted give back what they took, and so do those that end.
    for (stream, _) in &mut streams {
        let _: Option<Vec<u8>> = stream.on_response_body(b"slow", false, &host);
    }
    let mut first = streams.remove(0).0;
    assert_eq!(begun(&plugin, &[], &host).1, BodyPlan::Pass);
    let _: Option<Vec<u8>> = first.on_response_body(b"", true, &host);
    let (next, plan) = begun(&plugin, &[], &host);
    assert_eq!(plan, BodyPlan::Rewrite, "the end gives back");
    assert_eq!(begun(&plugin, &[], &host).1, BodyPlan::Pass);
    drop(next);
    assert_eq!(
        begun(&plugin, &[], &host).1,
        BodyPlan::Rewrite,
        "an abort gives back"
    );
}

#[test]
fn large_bodies_get_their_level() {
    let host = FakeHost::default();
    let text = "lorem ipsum dolor sit amet, consectetur ".repeat(800);
    let length = text.len().to_string();
    let size = |config: &str| {
        let plugin = plugin(config);
        let (mut stream, _) = begun(&plugin, &[("content-length", &length)], &host);
        stream
            .on_response_body(text.as_bytes(), true, &host)
            .unwrap()
            .len()
    };
    let high = size(r#"{"encode": {"gzip": {"level": 9}}}"#);
    let lowered = size(r#"{"encode": {"gzip": {"level": 9, "larger": [{"than": "10KiB", "level": 1}]}}}"#);
    let not_yet = size(r#"{"encode": {"gzip": {"level": 9, "larger": [{"than": "10MiB", "level": 1}]}}}"#);
    assert!(lowered > high, "{lowered} {high}");
    assert_eq!(not_yet, high);
}
