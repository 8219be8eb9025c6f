use crate::sys::{Buffer, IncrementCounter};
use std::ffi::c_void;

/// A counter that Envoy keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CounterId(pub(crate) usize);

impl CounterId {
    /// Adds to the counter by one of Envoy's calls.
    ///
    /// # Safety
    /// `envoy` is what `increment` takes, and lives as long as the hook that is running.
    pub(crate) unsafe fn add(
        self,
        increment: IncrementCounter,
        envoy: *mut c_void,
        label: Option<&str>,
        by: u64,
    ) {
        let label = label.map(|label| Buffer::of(label.as_bytes()));
        let labels = label.as_slice();
        // SAFETY: as the caller says; Envoy checks the id and the number of labels, which outlive the call.
        unsafe { increment(envoy, self.0, labels.as_ptr(), labels.len(), by) };
    }
}
