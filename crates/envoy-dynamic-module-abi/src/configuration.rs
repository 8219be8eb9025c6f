use crate::{
    ConfigurationScheduler, NotSent, Outgoing,
    call::sent,
    sys::{self, Buffer},
};
use std::{ffi::c_void, marker::PhantomData};

/// Envoy's side of a filter's configuration, on the main thread, for as long as one hook runs.
pub struct Configuration<'a> {
    envoy: *mut c_void,
    hook: PhantomData<&'a ()>,
}

/// A counter that Envoy keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CounterId(pub(crate) usize);

impl Configuration<'_> {
    /// # Safety
    /// Envoy passed the pointer to the hook that is running on this thread, and `'a` does not outlive the hook.
    pub(crate) unsafe fn new(envoy: *mut c_void) -> Self {
        Self {
            envoy,
            hook: PhantomData,
        }
    }

    /// Defines a counter with one label, or none. Envoy takes definitions only while the configuration is made.
    pub fn define_counter(&self, name: &str, label: Option<&str>) -> Option<CounterId> {
        let label = label.map(|label| Buffer::of(label.as_bytes()));
        let labels = label.as_slice();
        let mut id = 0;
        // SAFETY: the configuration lives as long as the hook; all buffers outlive the call, which copies them.
        let result = unsafe {
            sys::envoy_dynamic_module_callback_http_filter_config_define_counter(
                self.envoy,
                Buffer::of(name.as_bytes()),
                labels.as_ptr(),
                labels.len(),
                &raw mut id,
            )
        };
        (result == sys::METRIC_SUCCESS).then_some(CounterId(id))
    }

    /// Adds to a counter that this configuration has defined, with as many labels as it was defined with.
    pub fn count(&self, counter: CounterId, label: Option<&str>, by: u64) {
        let label = label.map(|label| Buffer::of(label.as_bytes()));
        let labels = label.as_slice();
        // SAFETY: as for `define_counter`; Envoy checks the id and the number of labels.
        unsafe {
            sys::envoy_dynamic_module_callback_http_filter_config_increment_counter(
                self.envoy,
                counter.0,
                labels.as_ptr(),
                labels.len(),
                by,
            );
        }
    }

    /// Sends a request, whose answer comes to [`call_event`](crate::FilterConfiguration::call_event): some of it, it may be,
    /// before this returns.
    ///
    /// # Errors
    /// [`NotSent`], and nothing comes.
    pub fn call(&self, call: &Outgoing<'_>) -> Result<u64, NotSent> {
        let headers = call.fields();
        let mut id = 0;
        // SAFETY: the configuration lives as long as the hook; all buffers outlive the call, which copies them.
        let result = unsafe {
            sys::envoy_dynamic_module_callback_http_filter_config_start_http_stream(
                self.envoy,
                &raw mut id,
                Buffer::of(call.cluster.as_bytes()),
                headers.as_ptr(),
                headers.len(),
                Buffer::of(call.body),
                true,
                call.milliseconds(),
            )
        };
        sent(result, id)
    }

    /// Breaks a request off; [`CallEvent::Reset`](crate::CallEvent::Reset) comes of it before this returns.
    pub fn reset_call(&self, id: u64) {
        // SAFETY: the configuration lives as long as the hook; Envoy looks the id up.
        unsafe { sys::envoy_dynamic_module_callback_http_filter_config_reset_http_stream(self.envoy, id) }
    }

    /// What wakes the configuration from any thread; `None` where Envoy makes none.
    pub fn scheduler(&self) -> Option<ConfigurationScheduler> {
        // SAFETY: the configuration lives as long as the hook; the scheduler is the module's from here on.
        unsafe {
            ConfigurationScheduler::new(
                sys::envoy_dynamic_module_callback_http_filter_config_scheduler_new(self.envoy),
            )
        }
    }
}
