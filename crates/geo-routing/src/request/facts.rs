use http_filter::{Headers, Host, property};
use std::{cell::OnceCell, net::IpAddr};

/// A request while it's asked where it comes from. What costs a host call is read once, and only when it's needed.
pub(crate) struct RequestFacts<'a> {
    pub(crate) request: &'a Headers,
    pub(crate) host: &'a dyn Host,
    source: OnceCell<Option<IpAddr>>,
}

impl<'a> RequestFacts<'a> {
    pub(crate) fn new(request: &'a Headers, host: &'a dyn Host) -> Self {
        Self {
            request,
            host,
            source: OnceCell::new(),
        }
    }

    /// What Envoy takes for the client's address.
    pub(crate) fn source_address(&self) -> Option<IpAddr> {
        *self.source.get_or_init(|| property::source_address(self.host))
    }
}
