//! Every test that Envoy has for jwt_authn (its integration, authenticator, verifier and extractor tests) is a case here
//! under the same name, or stands in the README with the reason why there is nothing to show.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;

/// The tests of Envoy's by suite, without their prefixes `Test`, `LocalJwks` and `RemoteJwks`.
const SUITES: [(&str, &[&str]); 7] = [
    (
        "LocalJwksIntegration",
        &[
            "WithGoodToken",
            "ExpiredToken",
            "MissingToken",
            "ExpiredTokenHeadReply",
            "NoRequiresPath",
            "CorsPreflight",
            "FilterStateRequirement",
        ],
    ),
    (
        "RemoteJwksIntegration",
        &[
            "WithGoodToken",
            "FetchFailedJwks",
            "FetchFailedMissingCluster",
            "WithGoodTokenAsyncFetch",
            "WithGoodTokenAsyncFetchFast",
            "WithFailedJwksAsyncFetch",
            "WithFailedJwksAsyncFetchFast",
        ],
    ),
    (
        "AuthenticatorTest",
        &[
            "OkJWTandCache",
            "CompletePaddingInJwtPayload",
            "ClaimToHeader",
            "ClaimPathWithUrlClaimName",
            "ClaimPathWithNestedDottedClaimNames",
            "ClaimToHeaderWithClearRouteCache",
            "PayloadInMetadataWithClearRouteCache",
            "ClaimToHeaderWithHeaderReplace",
            "ForwardJwt",
            "SetPayload",
            "SetPayloadWithSpaces",
            "SetHeader",
            "SetExpiredJwtToGetStatus",
            "SetInvalidJwtInvalidAudienceToGetStatus",
            "SetMissingJwtToGetStatus",
            "SetInvalidAndValidJwtToGetStatus",
            "SetTwoInvalidJwtToGetStatus",
            "SetTwoProvidersJwtMissing",
            "SetPayloadAndHeader",
            "JwtWithNonExistKid",
            "WrongIssuer",
            "WrongIssuerOKWithProvider",
            "WrongIssuerOKWithoutProvider",
            "JwtWithoutIssWithValidProvider",
            "JwtWithoutIssWithValidProviderNotIssuer",
            "JwtWithoutIssWithoutValidProvider",
            "MissedJWT",
            "MultipleJWTOneBadFromQuery",
            "MultipleJWTOneBadFromHeader",
            "MultipleJWTAllGood",
            "MultipleJWTOneBadAllowFails",
            "AllowMissingWithEmptyHeader",
            "InvalidJWT",
            "InvalidPrefix",
            "NonExpiringJWT",
            "ExpiredJWT",
            "ExpiredJWTWithABigClockSkew",
            "NotYetValidJWT",
            "InvalidLocalJwks",
            "NonMatchAudJWT",
            "IssuerNotFound",
            "PubkeyFetchFail",
            "OnDestroy",
            "NoForwardPayloadHeader",
            "AllowFailedMultipleTokens",
            "AllowFailedMultipleIssuers",
            "CustomCheckAudience",
            "InvalidPubkeyKey",
            "ExtractOnlyVerificationHeaderConfig",
        ],
    ),
    (
        "AuthenticatorJwtCacheTest",
        &[
            "NonProvider",
            "CacheMissGoodToken",
            "CacheMissExpiredToken",
            "CacheHit",
        ],
    ),
    (
        "lifetimes",
        &[
            "finite, within max_lifetime",
            "finite, beyond max_lifetime",
            "require_expiration with a token that does not expire",
            "no require_expiration, max_lifetime, a token that does not expire",
        ],
    ),
    (
        "GroupVerifierTest",
        &[
            "RequiresAll",
            "RequiresAllBadFormat",
            "RequiresAllMissing",
            "RequiresAllBothFailed",
            "RequiresAnyFirstAuthOK",
            "RequiresAnyLastAuthOk",
            "RequiresAnyAllAuthFailed",
            "RequiresAnyLastIsJwtMissed",
            "RequiresAnyLastIsJwtUnknownIssuer",
            "AnyInAllFirstAnyIsOk",
            "AnyInAllLastAnyIsOk",
            "AnyInAllBothInRequireAnyIsOk",
            "AnyInAllBothInRequireAnyFailed",
            "AllInAnyBothRequireAllFailed",
            "AllInAnyFirstAllIsOk",
            "AllInAnyLastAllIsOk",
            "AllInAnyBothRequireAllAreOk",
            "RequiresAnyWithAllowFailed",
            "RequiresAnyWithAllowMissingButFailed",
            "RequiresAnyWithAllowMissingButUnknownIssuer",
        ],
    ),
    (
        "ExtractorTest",
        &[
            "NoToken",
            "WrongHeaderToken",
            "WrongParamToken",
            "DefaultHeaderLocation",
            "DefaultHeaderLocationWithValidJWT",
            "DefaultHeaderLocationWithValidJWTEndedWithSpaceAndMoreCharachters",
            "DefaultParamLocation",
            "CustomHeaderToken",
            "DoubleCustomHeaderToken",
            "PrefixHeaderNotMatch",
            "PrefixHeaderMatch",
            "PrefixHeaderFlexibleMatch",
            "CustomParamToken",
            "CookieToken",
            "CookieTokenAndDefault",
            "MultipleTokens",
            "ExtractParam",
            "IssuerNotSpecified",
        ],
    ),
];

#[test]
fn every_test_is_a_case_or_an_exception_with_a_reason() {
    let file: serde_json::Value = serde_yaml_ng::from_str(include_str!("../cases/jwt_authn.yaml")).unwrap();
    let cases = file["cases"].as_array().unwrap().iter();
    let cases: BTreeSet<&str> = cases.map(|case| case["name"].as_str().unwrap()).collect();
    let (_, exceptions) = include_str!("../README.md")
        .split_once("these have nothing to show here")
        .unwrap();
    let mut shown = 0;
    for (suite, names) in SUITES {
        for name in names {
            let with = |prefix: &str| cases.contains(&*format!("jwt_authn {suite} {prefix}{name}"));
            let is_case = with("") || with("Test");
            let is_exception = exceptions.contains(&format!("`{name}`"));
            assert!(
                is_case != is_exception,
                "{suite} {name}: a case: {is_case}, an exception: {is_exception}"
            );
            shown += usize::from(is_case);
        }
    }
    assert_eq!(shown, cases.len(), "a case of no test");
}
