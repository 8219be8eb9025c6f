//! Instructions for a request whose token jwt-auth refuses, by the kind of refusal and the token's size: what junk costs.
#![allow(missing_docs, unreachable_pub, reason = "the macros write public items")]

use ::jwt_auth::JwtAuth;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use bench_instructions::{InstantHost, KEY, Prepared};
use gungraun::{library_benchmark, library_benchmark_group, main};
use http_filter::{Decision, ResponsePlan};
use std::hint::black_box;

type Done = (Prepared<JwtAuth>, Decision, ResponsePlan);

const SMALL: usize = 1_000;
const LARGE: usize = 15_000;

/// What is wrong with a token.
#[derive(Clone, Copy)]
enum Junk {
    Characters,
    Algorithm,
    Header,
    Issuer,
    Claims,
    Key,
    Signature,
}

/// A request with a token of `size` bytes. Fillers are lists of small numbers, the dearest JSON to build, before the issuer.
fn junk(junk: Junk, size: usize) -> Prepared<JwtAuth> {
    let header = match junk {
        Junk::Algorithm => r#"{"alg":"none"}"#.to_owned(),
        Junk::Key => r#"{"alg":"ES256","kid":"unknown"}"#.to_owned(),
        Junk::Header => format!(r#"{{"alg":"ES256","x":[{}1]}}"#, "0,".repeat(size * 3 / 8)),
        _ => r#"{"alg":"ES256"}"#.to_owned(),
    };
    let issuer = if matches!(junk, Junk::Issuer | Junk::Header) {
        "eve"
    } else {
        "joe"
    };
    let filler = if matches!(junk, Junk::Header) {
        0
    } else {
        size * 3 / 8 - 80
    };
    let end = if matches!(junk, Junk::Claims) { "" } else { "}" };
    let payload = format!(r#"{{"x":[{}1],"iss":"{issuer}"{end}"#, "0,".repeat(filler));
    let mut token = [
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(payload),
        URL_SAFE_NO_PAD.encode([7; 64]),
    ]
    .join(".");
    if matches!(junk, Junk::Characters) {
        token = token.replace('L', "*");
    }
    let configuration = format!(
        r#"{{"providers": {{"joe": {{"issuer": "joe", "jwks": {{"keys": [{}]}}}}}}}}"#,
        KEY.replacen('{', r#"{"kid": "known", "#, 1)
    );
    Prepared::with_token(&configuration, InstantHost::refusing(), &token)
}

#[library_benchmark]
#[bench::characters_1_kb(junk(Junk::Characters, SMALL))]
#[bench::characters_15_kb(junk(Junk::Characters, LARGE))]
#[bench::algorithm_1_kb(junk(Junk::Algorithm, SMALL))]
#[bench::algorithm_15_kb(junk(Junk::Algorithm, LARGE))]
#[bench::header_1_kb(junk(Junk::Header, SMALL))]
#[bench::header_15_kb(junk(Junk::Header, LARGE))]
#[bench::issuer_1_kb(junk(Junk::Issuer, SMALL))]
#[bench::issuer_15_kb(junk(Junk::Issuer, LARGE))]
#[bench::claims_1_kb(junk(Junk::Claims, SMALL))]
#[bench::claims_15_kb(junk(Junk::Claims, LARGE))]
#[bench::key_1_kb(junk(Junk::Key, SMALL))]
#[bench::key_15_kb(junk(Junk::Key, LARGE))]
#[bench::signature_1_kb(junk(Junk::Signature, SMALL))]
#[bench::signature_15_kb(junk(Junk::Signature, LARGE))]
fn jwt_auth(prepared: Prepared<JwtAuth>) -> Done {
    black_box(prepared.run())
}

library_benchmark_group!(name = filters, benchmarks = [jwt_auth]);

main!(library_benchmark_groups = filters);
