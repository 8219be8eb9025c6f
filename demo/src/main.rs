//! `edge-demo`
fn main() {}
