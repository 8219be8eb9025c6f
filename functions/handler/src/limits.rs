//! How large what is asked may be.

/// The largest body that is read, in bytes. An adapter stops reading beyond it; [`handle`](crate::handle) then answers 413.
pub const MAX_BODY: usize = 256 * 1024;

/// The largest value that is kept, in bytes.
pub(crate) const MAX_VALUE: usize = 4096;
