use crate::key::ClientIp;
use http_filter::{Concerns, Headers, Host, property};
use serde_json::Value;
use std::{borrow::Cow, cell::OnceCell, net::IpAddr};

/// What is known of a request. Properties cost host calls, so each is read when it's first asked for, and once.
pub(crate) struct Facts<'a> {
    pub(crate) request: &'a Headers,
    pub(crate) host: &'a dyn Host,
    client: ClientIp,
    address: OnceCell<Option<IpAddr>>,
    claims: OnceCell<Value>,
    geo: OnceCell<Value>,
}

impl<'a> Facts<'a> {
    pub(crate) fn new(request: &'a Headers, host: &'a dyn Host, client: ClientIp) -> Self {
        Self {
            request,
            host,
            client,
            address: OnceCell::new(),
            claims: OnceCell::new(),
            geo: OnceCell::new(),
        }
    }

    /// The client's address.
    pub(crate) fn address(&self) -> Option<IpAddr> {
        *self
            .address
            .get_or_init(|| self.client.address(self.request, self.host))
    }

    /// The path that all spellings of the resource have in common, as far as one can tell; `None` where that can't be told.
    pub(crate) fn path(&self) -> Option<Cow<'a, [u8]>> {
        self.request.readings(Concerns::TARGET).into_shortest_path()
    }

    /// The claims that jwt-auth verified; null where there are none.
    pub(crate) fn claims(&self) -> &Value {
        self.claims.get_or_init(|| self.json(property::CLAIMS))
    }

    /// What geo-routing found; null where it found nothing, or comes later.
    pub(crate) fn geo(&self) -> &Value {
        self.geo.get_or_init(|| self.json(property::GEO))
    }

    fn json(&self, name: &str) -> Value {
        let text = property::published(self.host, name).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }
}
