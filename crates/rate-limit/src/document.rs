//! The configuration as it's written; `compile` makes a [`RateLimit`](crate::RateLimit) of it. The README's reference
//! lists every field.

use http_filter::Mode;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The configuration document, not yet looked into.
#[derive(Debug)]
pub struct Document(pub(crate) Value);

impl<'de> Deserialize<'de> for Document {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self)
    }
}

/// The quota units that the IETF draft registers and a rate can be measured in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum QuotaUnit {
    #[default]
    Requests,
    ContentBytes,
}

/// What becomes of requests that lack a part of the key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Missing {
    /// All that lack the same parts share one quota.
    #[default]
    Share,
    /// The policy doesn't limit them.
    Skip,
    /// They are answered with 400.
    Refuse,
}

/// What decides when the service doesn't.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum OnFailure {
    /// The policy's own quota, counted in this process.
    #[default]
    Local,
    /// Every request is let through.
    Allow,
    /// Every request is answered with 503.
    Deny,
}

/// When responses carry a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// All that a policy applied to.
    Always,
    /// Only those that tell of a refusal.
    Refused,
    /// None.
    Never,
}

/// The words for [`When`].
pub(crate) const WHEN: [(&str, When); 3] = [
    ("always", When::Always),
    ("refused", When::Refused),
    ("never", When::Never),
];

/// The words for [`Mode`].
pub(crate) const MODE: [(&str, Mode); 2] = [("enforce", Mode::Enforce), ("shadow", Mode::Shadow)];
http_filter::read_by_serde!(Document);
