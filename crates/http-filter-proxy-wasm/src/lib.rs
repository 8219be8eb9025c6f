//! Runs any filter in a Proxy-Wasm VM.
