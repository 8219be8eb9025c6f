//! Cache policy (RFC 9111, 9213).
