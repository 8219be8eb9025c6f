//! The words that settings are made of.

use http_filter::choice;

choice! {
    /// The quota units that the IETF draft registers and a rate can be measured in.
    pub(crate) enum QuotaUnit, default Requests {
        /// Requests.
        Requests = "requests",
        /// Bytes of content.
        ContentBytes = "content-bytes",
    }
}

choice! {
    /// What becomes of requests that lack a part of the key.
    pub(crate) enum Missing, default Share {
        /// All that lack the same parts share one quota.
        Share = "share",
        /// The policy doesn't limit them.
        Skip = "skip",
        /// They are answered with 400.
        Refuse = "refuse",
    }
}

choice! {
    /// What decides when the service doesn't.
    pub(crate) enum OnFailure, default Local {
        /// The policy's own quota, counted in this process.
        Local = "local",
        /// Every request is let through.
        Allow = "allow",
        /// Every request is answered with 503.
        Deny = "deny",
    }
}

choice! {
    /// When responses carry a field.
    pub(crate) enum When {
        /// All that a policy applied to.
        Always = "always",
        /// Only those that tell of a refusal.
        Refused = "refused",
        /// None.
        Never = "never",
    }
}
