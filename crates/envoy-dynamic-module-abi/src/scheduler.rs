use crate::sys;
use std::{ffi::c_void, ptr::NonNull};

/// Has a stream's [`scheduled`](crate::HttpFilter::scheduled) run on the stream's worker, from any thread. When the stream is no
/// more, nothing happens.
#[derive(Debug)]
pub struct StreamScheduler(NonNull<c_void>);

/// Has a configuration's [`scheduled`](crate::FilterConfiguration::scheduled) run on the main thread, from any thread. When the
/// configuration is no more, nothing happens.
#[derive(Debug)]
pub struct ConfigurationScheduler(NonNull<c_void>);

// SAFETY: Envoy documents both as made for committing from any thread. They hold the stream or the configuration weakly.
unsafe impl Send for StreamScheduler {}
// SAFETY: as above; committing locks nothing of the module's.
unsafe impl Sync for StreamScheduler {}
// SAFETY: as for `StreamScheduler`.
unsafe impl Send for ConfigurationScheduler {}
// SAFETY: as for `StreamScheduler`.
unsafe impl Sync for ConfigurationScheduler {}

impl StreamScheduler {
    /// # Safety
    /// Envoy has just made the scheduler, or it's null.
    pub(crate) unsafe fn new(scheduler: *mut c_void) -> Option<Self> {
        NonNull::new(scheduler).map(Self)
    }

    /// Has `scheduled` run with `event`.
    pub fn commit(&self, event: u64) {
        // SAFETY: the scheduler lives until it's dropped.
        unsafe { sys::envoy_dynamic_module_callback_http_filter_scheduler_commit(self.0.as_ptr(), event) }
    }
}

impl Drop for StreamScheduler {
    fn drop(&mut self) {
        // SAFETY: it's the module's, and nobody can use it any more.
        unsafe { sys::envoy_dynamic_module_callback_http_filter_scheduler_delete(self.0.as_ptr()) }
    }
}

impl ConfigurationScheduler {
    /// # Safety
    /// Envoy has just made the scheduler, or it's null.
    pub(crate) unsafe fn new(scheduler: *mut c_void) -> Option<Self> {
        NonNull::new(scheduler).map(Self)
    }

    /// Has `scheduled` run with `event`.
    pub fn commit(&self, event: u64) {
        // SAFETY: the scheduler lives until it's dropped.
        unsafe {
            sys::envoy_dynamic_module_callback_http_filter_config_scheduler_commit(self.0.as_ptr(), event);
        }
    }
}

impl Drop for ConfigurationScheduler {
    fn drop(&mut self) {
        // SAFETY: it's the module's, and nobody can use it any more.
        unsafe {
            sys::envoy_dynamic_module_callback_http_filter_config_scheduler_delete(self.0.as_ptr());
        }
    }
}
