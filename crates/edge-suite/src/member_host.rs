use crate::member::Member;
use http_filter::{Attribute, Bytes, Conflict, Hash, Host, Scheme, Shared, Version};
use std::time::Duration;

/// The host as one filter of the suite sees it: what it counts goes by its own name, and what those before it published
/// about the request is there to read, though it hasn't reached the proxy yet.
pub(crate) struct MemberHost<'a> {
    host: &'a dyn Host,
    name: &'static str,
    published: [&'a [(&'static str, Bytes)]; 2],
}

impl<'a> MemberHost<'a> {
    pub(crate) fn new(
        host: &'a dyn Host,
        member: &Member,
        published: [&'a [(&'static str, Bytes)]; 2],
    ) -> Self {
        Self {
            host,
            name: member.plugin.name(),
            published,
        }
    }
}

impl Host for MemberHost<'_> {
    fn now(&self) -> Duration {
        self.host.now()
    }

    fn random(&self) -> u64 {
        self.host.random()
    }

    fn attribute(&self, attribute: Attribute<'_>) -> Option<Vec<u8>> {
        if let Attribute::Published(name) = attribute
            && let Some((_, value)) = self
                .published
                .iter()
                .flat_map(|some| some.iter().rev())
                .find(|(known, _)| *known == name)
        {
            return Some(value.to_vec());
        }
        self.host.attribute(attribute)
    }

    fn route_config(&self, filter: &'static str) -> Option<Vec<u8>> {
        self.host.route_config(filter)
    }

    fn leads(&self) -> bool {
        self.host.leads()
    }

    fn shared_data(&self, key: &str) -> Shared {
        self.host.shared_data(key)
    }

    fn set_shared_data(&self, key: &str, value: &[u8], version: Version) -> Result<(), Conflict> {
        self.host.set_shared_data(key, value, version)
    }

    fn verify_signature(&self, hash: Hash, key: &[u8], signature: &[u8], message: &[u8]) -> Option<bool> {
        self.host.verify_signature(hash, key, signature, message)
    }

    fn verify_by(&self, scheme: Scheme, key: &[u8], signature: &[u8], message: &[u8]) -> Option<bool> {
        self.host.verify_by(scheme, key, signature, message)
    }

    fn count(&self, name: &str, by: u64) {
        self.host.count_of(self.name, name, by);
    }

    #[cfg(feature = "explain")]
    fn explain(&self, topic: &'static str, reason: std::fmt::Arguments<'_>) {
        self.host.explain(topic, reason);
    }
}
