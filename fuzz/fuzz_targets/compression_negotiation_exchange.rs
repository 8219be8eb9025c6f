//! Whatever request and response come: the body that goes on is the one that came, encoded as its headers say.
#![no_main]

use compression_negotiation::CompressionNegotiation;
use http_filter::{BodyPlan, CallResponse, Decision, Headers, Plugin};
use http_filter_test::FakeHost;
use libfuzzer_sys::fuzz_target;
use std::{io::Read, rc::Rc};

const CONFIG: &[u8] = br#"{
    "encode": {"trailers": "never", "memory": "16MiB"}, "min_length": 0, "debug_header": "x-compression",
    "rules": [
        {"match": {"path": "/s*"}, "etag": "suffix", "on_not_acceptable": "reject"},
        {"match": {"path": "/f*"}, "precompressed": {"cluster": "store"}}
    ],
    "dictionaries": {"resources": {"path": "/d*", "for": "/d*"}}
}"#;
const NAMES: [&str; 20] = [
    "accept-encoding",
    "range",
    "if-range",
    "if-none-match",
    "if-match",
    "cache-control",
    "available-dictionary",
    "cookie",
    "sec-fetch-site",
    "te",
    ":status",
    "content-encoding",
    "content-type",
    "etag",
    "vary",
    "cache-control",
    "transfer-encoding",
    "trailer",
    "content-range",
    "accept-ranges",
];

/// Lines of the input: a byte for the name, then the value.
fn headers(lines: &[u8], pseudo: &[(&str, &str)], from: usize, to: usize) -> Headers {
    let mut fields: Vec<(String, Vec<u8>)> = pseudo
        .iter()
        .map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec()))
        .collect();
    for line in lines.split(|byte| *byte == b'\n').take(30) {
        if let Some((name, value)) = line.split_first()
            && (from..to).contains(&usize::from(*name % 20))
        {
            let value = value
                .iter()
                .copied()
                .filter(|byte| !matches!(byte, b'\r' | 0))
                .collect();
            fields.insert(0, (NAMES[usize::from(*name % 20)].to_owned(), value));
        }
    }
    Headers::new(fields)
}

fuzz_target!(|input: &[u8]| {
    let plugin = Rc::new(Plugin::<CompressionNegotiation>::new(Some(CONFIG)).unwrap());
    let host = FakeHost::default();
    for path in ["/d1", "/s", "/d2", "/f.css?a"] {
        let mut stream = plugin.stream();
        let pseudo = [
            (":method", "GET"),
            (":scheme", "https"),
            (":authority", "a"),
            (":path", path),
        ];
        let request = headers(input, &pseudo, 0, 10).with_end_of_stream(true);
        let response = headers(
            input,
            &[(":status", "200"), ("content-type", "text/plain")],
            10,
            20,
        );
        let mut decision = stream.on_request_headers(&request, &host);
        // Two questions for each coding at most; the store says what the upstream says.
        for _ in 0..6 {
            if matches!(decision, Decision::Call(_)) {
                let answer = CallResponse::Http {
                    headers: response.clone(),
                    body: Vec::new(),
                };
                decision = stream.on_call_response(&request, answer, &host);
            }
        }
        match decision {
            Decision::Continue(_) => {}
            Decision::Reply(reply) => {
                assert_eq!(reply.status, 406);
                continue;
            }
            other => panic!("{other:?}"),
        }
        let plan = stream.on_response_headers(&response, &host);
        let after = response.mutated(&plan.headers);
        for (name, value) in after.iter() {
            assert!(
                !value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)),
                "{name}: {value:?}"
            );
        }
        if plan.body == BodyPlan::Discard {
            assert_eq!(after.first("location"), Some(path.as_bytes()));
        }
        if plan.body != BodyPlan::Rewrite {
            continue;
        }
        let (mut out, mut rewritten) = (Vec::new(), false);
        for (chunk, end) in input
            .chunks(300)
            .map(|chunk| (chunk, false))
            .chain([(&[][..], true)])
        {
            match stream.on_response_body(chunk, end, &host) {
                Some(bytes) => {
                    rewritten = true;
                    out.extend(bytes);
                }
                None => out.extend(chunk),
            }
        }
        if !rewritten {
            assert!(out == input);
            continue;
        }
        assert!(!after.contains("content-length"));
        let mut back = Vec::new();
        match after.first("content-encoding").unwrap() {
            b"gzip" => {
                libflate::gzip::Decoder::new(out.as_slice())
                    .unwrap()
                    .read_to_end(&mut back)
                    .unwrap();
            }
            b"br" => {
                brotli_decompressor::Decompressor::new(out.as_slice(), 4096)
                    .read_to_end(&mut back)
                    .unwrap();
            }
            b"zstd" => {
                zstd::Decoder::new(out.as_slice())
                    .unwrap()
                    .read_to_end(&mut back)
                    .unwrap();
            }
            // The dictionary is the body that came before: the same.
            b"dcz" => {
                zstd::Decoder::with_dictionary(out.as_slice(), input)
                    .unwrap()
                    .read_to_end(&mut back)
                    .unwrap();
            }
            other => panic!("{other:?}"),
        }
        assert!(back == input);
    }
});
