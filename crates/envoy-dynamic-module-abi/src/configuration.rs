use crate::{
    ConfigurationScheduler, CounterId, NotSent, Outgoing,
    sys::{self, Buffer},
};
use std::{ffi::c_void, marker::PhantomData};

/// Envoy's side of a filter's configuration, on the main thread, for as long as one hook runs.
pub struct Configuration<'a> {
    envoy: *mut c_void,
    hook: PhantomData<&'a ()>,
}

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
        let increment = sys::envoy_dynamic_module_callback_http_filter_config_increment_counter;
        // SAFETY: the configuration lives as long as the hook.
        unsafe { counter.add(increment, self.envoy, label, by) };
    }

    /// Sends a request, whose answer comes to [`call_event`](crate::FilterConfiguration::call_event): some of it, it may be,
    /// before this returns.
    ///
    /// # Errors
    /// [`NotSent`], and nothing comes.
    pub fn call(&self, call: &Outgoing<'_>) -> Result<u64, NotSent> {
        let start = sys::envoy_dynamic_module_callback_http_filter_config_start_http_stream;
        // SAFETY: the configuration lives as long as the hook.
        unsafe { call.send(start, self.envoy) }
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
