//! Bearer tokens (RFC 7515, 7517, 7519, 6750).
