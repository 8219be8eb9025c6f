use crate::{
    Field,
    sys::{self, Buffer, Header, StartStream},
};
use std::{ffi::c_void, time::Duration};

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
    /// Sends it by one of Envoy's calls.
    ///
    /// # Safety
    /// `envoy` is what `start` takes, and lives as long as the hook that is running.
    pub(crate) unsafe fn send(&self, start: StartStream, envoy: *mut c_void) -> Result<u64, NotSent> {
        let fields = self.headers.iter();
        let headers: Vec<Header> = fields
            .map(|(name, value)| Header::of(name.as_bytes(), value))
            .collect();
        let mut id = 0;
        // SAFETY: as the caller says; all buffers outlive the call, which copies them.
        let result = unsafe {
            start(
                envoy,
                &raw mut id,
                Buffer::of(self.cluster.as_bytes()),
                headers.as_ptr(),
                headers.len(),
                Buffer::of(self.body),
                true,
                self.timeout.as_millis().try_into().unwrap_or(u64::MAX),
            )
        };
        if result == sys::CALL_SENT {
            Ok(id)
        } else {
            Err(NotSent)
        }
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
