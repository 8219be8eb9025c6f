//! Content coding negotiation (RFC 9110 §12.5.3).
