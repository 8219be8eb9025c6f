use crate::{
    Field,
    sys::{self, Header},
};
use std::time::Duration;

/// A request of the module's own to a cluster, sent whole.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    /// The cluster's name.
    pub cluster: &'a str,
    /// Header fields, `:method`, `:path` and `:authority` among them.
    pub headers: &'a [(&'a str, &'a [u8])],
    /// The body; empty for none.
    pub body: &'a [u8],
    /// How long to wait for the whole answer. Zero is for ever.
    pub timeout: Duration,
}

impl Outgoing<'_> {
    pub(crate) fn fields(&self) -> Vec<Header> {
        let fields = self.headers.iter();
        fields
            .map(|(name, value)| Header::of(name.as_bytes(), value))
            .collect()
    }

    pub(crate) fn milliseconds(&self) -> u64 {
        self.timeout.as_millis().try_into().unwrap_or(u64::MAX)
    }
}

/// What has come of the answer to a request of the module's own.
#[derive(Debug)]
pub enum CallEvent<'a> {
    /// The headers.
    Headers(Vec<Field>),
    /// More of the body, in pieces.
    Data(Vec<&'a [u8]>),
    /// The trailers.
    Trailers(Vec<Field>),
    /// All of it: no more will come.
    Complete,
    /// It broke off: no more will come.
    Reset,
}

/// The request could not be sent: there is no such cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotSent;

pub(crate) fn sent(result: u32, id: u64) -> Result<u64, NotSent> {
    if result == sys::CALL_SENT {
        Ok(id)
    } else {
        Err(NotSent)
    }
}
