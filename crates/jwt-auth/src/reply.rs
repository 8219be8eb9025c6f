//! Replies to requests that are refused.

use crate::{
    Refusal,
    challenge_error::ChallengeError,
    config::mistake::mistake,
    document::{RepliesDocument, ReplyFormat},
};
use http_filter::{ConfigError, LocalReply, Problem, error_path::quoted};
use std::time::Duration;

/// How refusals are told: RFC 6750 §3, RFC 9449 §7.1, RFC 9728 §5.1.
#[derive(Clone, Debug)]
pub(crate) struct Challenges {
    /// `realm="…"`, and `, resource_metadata="…"` where there is one.
    parameters: String,
    format: ReplyFormat,
}

/// What a challenge says beside the refusal itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct ChallengeContext<'a> {
    /// The scopes that the rule and the provider want.
    pub(crate) scopes: &'a [String],
    /// Whether proofs of possession are asked for, so that the scheme is DPoP.
    pub(crate) dpop: bool,
    /// The nonce that the next proof must hold (RFC 9449 §9).
    pub(crate) nonce: Option<String>,
    /// When the next attempt to fetch what was missing is due.
    pub(crate) retry_after: Option<Duration>,
}

impl Challenges {
    pub(crate) fn compile(document: &RepliesDocument) -> Result<Self, ConfigError> {
        let quotable = |text: &str| {
            text.bytes()
                .all(|byte| (0x20..0x7f).contains(&byte) && !matches!(byte, b'"' | b'\\'))
        };
        if !quotable(&document.realm) {
            return Err(mistake(
                "realm",
                &quoted(&document.realm),
                "visible ASCII without quotes",
            ));
        }
        let mut parameters = ["realm=\"", &document.realm, "\""].concat();
        if let Some(metadata) = &document.resource_metadata {
            if !metadata.starts_with("https://") || !quotable(metadata) {
                return Err(mistake(
                    "resource_metadata",
                    &quoted(metadata),
                    "an https address",
                ));
            }
            parameters.push_str(&[", resource_metadata=\"", metadata, "\""].concat());
        }
        Ok(Self {
            parameters,
            format: document.format,
        })
    }

    /// The reply to a refused request. Nothing in it comes from the token.
    pub(crate) fn reply(&self, refusal: &Refusal, context: &ChallengeContext<'_>) -> LocalReply {
        let title = refusal.title();
        let mut reply = match self.format {
            ReplyFormat::Problem => {
                Problem::new(refusal.status(), refusal.details(), title.clone()).into_reply()
            }
            ReplyFormat::Text => {
                let mut reply = LocalReply::new(refusal.status(), refusal.details())
                    .header("content-type", "text/plain; charset=utf-8")
                    .header("cache-control", "no-store");
                reply.body = [title.as_bytes(), b"\n"].concat();
                reply
            }
        };
        if matches!(refusal, Refusal::KeysUnavailable | Refusal::TooManyFailures) {
            reply = reply.header("retry-after", seconds(context.retry_after.unwrap_or_default()));
        }
        if let Some(nonce) = &context.nonce {
            reply = reply.header("dpop-nonce", nonce.clone());
        }
        if refusal.has_challenge() {
            let error = refusal.challenge_error();
            if context.dpop {
                reply = reply.header(
                    "www-authenticate",
                    self.challenge("DPoP", error, &title, context) + DPOP_ALGORITHMS,
                );
            }
            if !context.dpop || !error.is_some_and(ChallengeError::is_of_proofs) {
                reply = reply.header(
                    "www-authenticate",
                    self.challenge("Bearer", error, &title, context),
                );
            }
        }
        reply
    }

    fn challenge(
        &self,
        scheme: &str,
        error: Option<ChallengeError>,
        title: &str,
        context: &ChallengeContext<'_>,
    ) -> String {
        let mut text = [scheme, " ", &self.parameters].concat();
        if let Some(error) = error {
            text.push_str(
                &[
                    ", error=\"",
                    error.as_str(),
                    "\", error_description=\"",
                    title,
                    "\"",
                ]
                .concat(),
            );
        }
        // What is needed is told where a better token would help (RFC 6750 §3.1), and where there was none.
        let scope_helps = matches!(error, None | Some(ChallengeError::InsufficientScope));
        if scope_helps && !context.scopes.is_empty() {
            text.push_str(&[", scope=\"", &context.scopes.join(" "), "\""].concat());
        }
        text
    }
}

/// Whole seconds, at least one, and at most as many as attempts are ever apart.
fn seconds(time: Duration) -> String {
    let whole = time.as_secs() + u64::from(time.subsec_nanos() > 0);
    whole.clamp(1, MOST_RETRY_AFTER).to_string()
}

const MOST_RETRY_AFTER: u64 = 75;
const DPOP_ALGORITHMS: &str =
    ", algs=\"ES256 ES384 ES512 PS256 PS384 PS512 RS256 RS384 RS512 EdDSA Ed25519\"";
