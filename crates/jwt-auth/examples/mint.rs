//! Signs a token for `cases/*.yaml`, by ES256 and a throw-away key: the same input gives the same token.
//!
//! ```text
//! cargo run -p jwt-auth --example mint -- 1 '{"kid": "one"}' '{"sub": "alice", "exp": 4102444800}'
//! ```
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a tool for tests"
)]

#[path = "../tests/common/mod.rs"]
mod common;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [number, header, claims] = arguments.as_slice() else {
        eprintln!("usage: mint KEY-NUMBER HEADER CLAIMS");
        std::process::exit(2);
    };
    let key = common::es256(number.parse().expect("a number from 1 to 255"));
    let json = |text: &str| serde_json::from_str(text).expect("JSON");
    println!("{}", common::jwk(&key, None));
    println!("{}", common::token(&key, json(header), &json(claims)));
}
