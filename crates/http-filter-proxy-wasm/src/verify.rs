use http_filter::{Hash, protobuf::put_bytes};
use proxy_wasm::hostcalls;
use std::cell::Cell;

/// Verifies by Envoy's foreign function `verify_signature` (BoringSSL); `None` where the host has none.
pub(crate) fn verify_signature(hash: Hash, key: &[u8], signature: &[u8], message: &[u8]) -> Option<bool> {
    if ABSENT.get() {
        return None;
    }
    let hash = match hash {
        Hash::Sha256 => b"sha256",
        Hash::Sha384 => b"sha384",
        Hash::Sha512 => b"sha512",
    };
    // envoy.source.extensions.common.wasm.VerifySignatureArguments
    let mut arguments = Vec::with_capacity(key.len() + signature.len() + message.len() + 32);
    for (number, bytes) in [(1, &hash[..]), (2, key), (3, signature), (4, message)] {
        put_bytes(&mut arguments, number, bytes);
    }
    match hostcalls::call_foreign_function("verify_signature", Some(&arguments)) {
        // VerifySignatureResult { bool result = 1; string error = 2; }: false is not on the wire, an error is.
        Ok(result) => Some(result.is_some_and(|bytes| bytes.starts_with(&[1 << 3, 1]))),
        Err(_) => {
            ABSENT.set(true);
            None
        }
    }
}

thread_local! {
    /// Asked once, a host that has no such function isn't asked again.
    static ABSENT: Cell<bool> = const { Cell::new(false) };
}
