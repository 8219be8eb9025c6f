//! The counters, all of them. Those of refusals are the details of their replies, too.

http_filter::counters! {
    /// The filter's counters.
    pub(crate) struct Counter {
        /// Refusals: there is no token where one is looked for.
        TokenMissing = "token_missing",
        /// Refusals: there is more than one token: whose it is can't be told (RFC 6750 §2).
        TokenRepeated = "token_repeated",
        /// Refusals: the path may be read in several ways, so no rule can be trusted to be the right one.
        PathAmbiguous = "path_ambiguous",
        /// Refusals: no compact JWS with a JSON object for a header.
        TokenMalformed = "token_malformed",
        /// Refusals: the payload is no JSON object, or one that names a member twice; or a time in it is no number (RFC 7519 §7.2).
        ClaimsMalformed = "claims_malformed",
        /// Refusals: longer than configured.
        TokenTooLarge = "token_too_large",
        /// Refusals: an algorithm that is unknown or that the provider does not allow.
        AlgorithmRefused = "algorithm_refused",
        /// Refusals: the header has `crit` or `b64` (RFC 7515 §4.1.11, RFC 7797).
        CriticalHeader = "critical_header",
        /// Refusals: another `typ` than the provider wants (RFC 8725 §3.11).
        TypeRefused = "type_refused",
        /// Refusals: no key of the provider has the token's key id and algorithm.
        KeyUnknown = "key_unknown",
        /// Refusals: no candidate key made the signature.
        SignatureInvalid = "signature_invalid",
        /// Refusals: `iss` is another one.
        IssuerRefused = "issuer_refused",
        /// Refusals: `aud` names nobody here.
        AudienceRefused = "audience_refused",
        /// Refusals: `exp` has passed, or `iat` is longer ago than the largest age.
        TokenExpired = "token_expired",
        /// Refusals: `nbf` or `iat` lies ahead.
        TokenNotYetValid = "token_not_yet_valid",
        /// Refusals: `exp` lies further ahead than tokens may live.
        LifetimeRefused = "lifetime_refused",
        /// Refusals: a claim that must be there is missing, or is of the wrong type or value.
        ClaimRefused = "claim_refused",
        /// Refusals: the token, its subject or its key is on the deny list.
        TokenRevoked = "token_revoked",
        /// Refusals: the rule wants scopes that the token hasn't.
        ScopeInsufficient = "scope_insufficient",
        /// Refusals: the rule wants a claim that the token hasn't.
        ClaimInsufficient = "claim_insufficient",
        /// Refusals: the token is bound to a client certificate, and this is not it (RFC 8705 §3).
        CertificateMismatch = "certificate_mismatch",
        /// Refusals: the token is bound to a key, and the proof of it is missing or wrong (RFC 9449 §4.3).
        DpopProofInvalid = "dpop_proof_invalid",
        /// Refusals: the proof has been used before (RFC 9449 §11.1).
        DpopProofReplayed = "dpop_proof_replayed",
        /// Refusals: the proof holds no nonce of ours, or one that has ended (RFC 9449 §9).
        DpopNonceNeeded = "dpop_nonce_needed",
        /// Refusals: the client has sent too many tokens or proofs that failed, and more are not verified for a while (RFC 6585 §4).
        TooManyFailures = "too_many_failures",
        /// Refusals: nobody may come here.
        NobodyAllowed = "nobody_allowed",
        /// Refusals: the provider's keys, or the deny list, can't be had.
        KeysUnavailable = "keys_unavailable",
        /// Requests let through with a token.
        Allowed = "allowed",
        /// Requests let through that need none.
        AnyoneAllowed = "anyone_allowed",
        /// Requests let through without one, since it is optional.
        AnonymousAllowed = "anonymous_allowed",
        /// CORS preflights let through.
        PreflightAllowed = "preflight_allowed",
        /// Tokens that were remembered.
        CacheHit = "cache_hit",
        /// Signatures that the host verified.
        VerifiedByHost = "verified_by_host",
        /// Signatures that this module verified.
        VerifiedInWasm = "verified_in_wasm",
        /// Claims that no header could carry.
        ClaimWithheld = "claim_withheld",
        /// Requests that waited for keys.
        Waited = "waited",
        /// Key sets that were fetched and are others.
        JwksChanged = "jwks_changed",
        /// Key sets that were fetched and are the same.
        JwksUnchanged = "jwks_unchanged",
        /// Texts that are no key sets.
        JwksRejected = "jwks_rejected",
        /// Fetches of key sets that failed.
        JwksFetchFailed = "jwks_fetch_failed",
        /// Fetches for a key that the set lacks.
        JwksRefetch = "jwks_refetch",
        /// Keys of sets that can not verify.
        JwksKeysSkipped = "jwks_keys_skipped",
        /// Keys that a set is known to lack.
        UnknownKeyRemembered = "unknown_key_remembered",
        /// Deny lists that were fetched and are others.
        DenyListChanged = "deny_list_changed",
        /// Deny lists that were fetched and are the same.
        DenyListUnchanged = "deny_list_unchanged",
        /// Texts that are no deny lists.
        DenyListRejected = "deny_list_rejected",
        /// Fetches of deny lists that failed.
        DenyListFetchFailed = "deny_list_fetch_failed",
        /// Proofs that were used before.
        DpopReplays = "dpop_replays",
        /// Proofs that found no room.
        DpopOverflow = "dpop_overflow",
        /// Proofs that could not be remembered.
        DpopConflict = "dpop_conflict",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_lists_them() {
        let shared = ["route_override_invalid", "too_many_waiting"];
        http_filter_test::assert_counters(include_str!("../README.md"), Counter::NAMES, shared);
    }
}
