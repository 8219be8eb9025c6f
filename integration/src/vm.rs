//! An in-process Proxy-Wasm VM.
