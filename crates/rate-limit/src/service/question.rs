use http_filter::protobuf::{put_bytes, put_varint};

/// A `RateLimitRequest`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question<'a> {
    /// The domain that the limits are configured under.
    pub domain: &'a str,
    /// What is limited; the service limits by all of them.
    pub descriptors: Vec<Descriptor<'a>>,
}

/// A `RateLimitDescriptor`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Descriptor<'a> {
    /// Keys and values, in the order in which limits are nested.
    pub entries: &'a [(String, String)],
    /// How many units the request costs.
    pub hits: u32,
    /// A limit in place of the configured one: units, and the number of the time unit (`RateLimitUnit`).
    pub limit: Option<(u32, u8)>,
}

impl Question<'_> {
    /// The serialised message.
    ///
    /// Where all descriptors cost the same, that's the message's `hits_addend`, which every service knows; where they
    /// don't, each has its own, and a service that knows none of these counts the highest for all.
    pub fn encode(&self) -> Vec<u8> {
        let hits = self.descriptors.iter().map(|descriptor| descriptor.hits);
        let highest = hits.clone().max().unwrap_or_default();
        let alike = hits.min() == Some(highest);
        let mut message = Vec::with_capacity(128);
        put_bytes(&mut message, 1, self.domain.as_bytes());
        for descriptor in &self.descriptors {
            put_bytes(&mut message, 2, &descriptor.encode(alike));
        }
        put_varint(&mut message, 3, highest.into());
        message
    }
}

impl Descriptor<'_> {
    fn encode(&self, alike: bool) -> Vec<u8> {
        let mut message = Vec::new();
        for (key, value) in self.entries {
            let mut entry = Vec::new();
            put_bytes(&mut entry, 1, key.as_bytes());
            put_bytes(&mut entry, 2, value.as_bytes());
            put_bytes(&mut message, 1, &entry);
        }
        if let Some((requests, unit)) = self.limit {
            let mut limit = Vec::new();
            put_varint(&mut limit, 1, requests.into());
            put_varint(&mut limit, 2, unit.into());
            put_bytes(&mut message, 2, &limit);
        }
        if !alike {
            let mut hits = Vec::new();
            put_varint(&mut hits, 1, self.hits.into());
            put_bytes(&mut message, 3, &hits);
        }
        message
    }
}
