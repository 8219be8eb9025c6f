use crate::{
    config::mistake::{milliseconds, mistake},
    document::provider::DpopDocument,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use http_filter::ConfigError;
use sha2::Sha256;
use std::time::Duration;

/// The nonces that proofs must hold (RFC 9449 §9): a keyed hash of the time, so that every worker and every proxy with
/// the same secret knows all of them and remembers none.
pub(crate) struct Nonces {
    key: Hmac<Sha256>,
    lifetime: Duration,
}

impl Nonces {
    /// The nonces that a provider asks for, if it does.
    ///
    /// # Errors
    /// [`ConfigError`] for a secret that is too short, or a lifetime of less than a second.
    pub(crate) fn compile(document: &DpopDocument) -> Result<Option<Self>, ConfigError> {
        let lifetime = document.nonce_lifetime.duration();
        if lifetime < Duration::from_secs(1) {
            return Err(mistake("nonce_lifetime", &milliseconds(lifetime), "at least 1s"));
        }
        let Some(secret) = &document.nonce_secret else {
            return Ok(None);
        };
        // What was found isn't told: errors are logged.
        let key = Hmac::new_from_slice(secret.as_bytes()).ok();
        let key = key.filter(|_| secret.len() >= LEAST_SECRET);
        let key = key.ok_or_else(|| mistake("nonce_secret", "a shorter secret", "at least 32 bytes"))?;
        Ok(Some(Self { key, lifetime }))
    }

    /// Whether they are the same ones.
    pub(crate) fn are(&self, others: &Self) -> bool {
        self.lifetime == others.lifetime && self.of(0) == others.of(0)
    }

    /// The nonce to hand out.
    pub(crate) fn current(&self, now: Duration) -> String {
        self.of(self.period(now))
    }

    /// Whether it's the nonce of this time, of the one before, or, where another proxy's clock is ahead, of the next.
    pub(crate) fn accepts(&self, nonce: &str, now: Duration) -> bool {
        let period = self.period(now);
        (period.saturating_sub(1)..=period.saturating_add(1)).any(|period| nonce == self.of(period))
    }

    fn period(&self, now: Duration) -> u64 {
        now.as_secs()
            .checked_div(self.lifetime.as_secs())
            .unwrap_or_default()
    }

    fn of(&self, period: u64) -> String {
        let mut mac = self.key.clone();
        mac.update(&period.to_be_bytes());
        let code = mac.finalize().into_bytes();
        URL_SAFE_NO_PAD.encode(code.get(..NONCE).unwrap_or_default())
    }
}

const LEAST_SECRET: usize = 32;
const NONCE: usize = 18;

#[cfg(test)]
mod tests {
    use super::*;

    fn nonces(secret: &str) -> Nonces {
        let document = DpopDocument {
            nonce_secret: Some(secret.into()),
            ..DpopDocument::default()
        };
        Nonces::compile(&document).unwrap().unwrap()
    }

    #[test]
    fn nonces_end() {
        let secret = "0123456789abcdef0123456789abcdef";
        let (ours, others) = (nonces(secret), nonces(&secret.to_uppercase()));
        let at = Duration::from_secs;
        let nonce = ours.current(at(30_000));
        assert_eq!(nonce.len(), 24);
        for (name, nonces, now, accepted) in [
            ("at once", &ours, 30_000, true),
            ("in its time", &ours, 30_299, true),
            ("for as long again", &ours, 30_599, true),
            ("ended", &ours, 30_600, false),
            ("a clock that is behind", &ours, 29_701, true),
            ("a clock far behind", &ours, 29_699, false),
            ("another secret", &others, 30_000, false),
        ] {
            assert_eq!(nonces.accepts(&nonce, at(now)), accepted, "{name}");
        }
        assert!(!ours.accepts("", at(0)));
    }

    #[test]
    fn secrets_are_long_and_lifetimes_no_nothing() {
        let short = DpopDocument {
            nonce_secret: Some("short".into()),
            ..DpopDocument::default()
        };
        let error = Nonces::compile(&short).err().unwrap().to_string();
        assert!(
            error.starts_with("nonce_secret: ") && !error.contains("short\""),
            "{error}"
        );
        assert!(Nonces::compile(&DpopDocument::default()).unwrap().is_none());
    }
}
