mod body;
mod known;

use crate::{
    CounterId, NotSent, Outgoing, PackedFields, StreamScheduler,
    buffer::packed,
    sys::{self, Buffer, Header},
};
pub use body::ResponseBody;
pub use known::{MetadataSource, StreamAttribute};
use std::{ffi::c_void, marker::PhantomData};

/// Envoy's side of a stream, on the stream's worker, for as long as one hook runs.
pub struct Stream<'a> {
    envoy: *mut c_void,
    hook: PhantomData<&'a ()>,
}

/// A map of header fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum HeaderMap {
    /// The request's headers.
    Request = 0,
    /// The response's headers.
    Response = 2,
}

impl Stream<'_> {
    /// # Safety
    /// Envoy passed the pointer to the hook that is running on this thread, and `'a` does not outlive the hook.
    pub(crate) unsafe fn new(envoy: *mut c_void) -> Self {
        Self {
            envoy,
            hook: PhantomData,
        }
    }

    // Of every call below: the stream lives as long as the hook, whatever is passed outlives the call, and Envoy checks that
    // the phase allows what is asked, and else does nothing or says `false`.

    /// All header fields of a map, in order.
    pub fn headers(&self, map: HeaderMap) -> PackedFields {
        // SAFETY: see above.
        let count =
            unsafe { sys::envoy_dynamic_module_callback_http_get_headers_size(self.envoy, map as u32) };
        let (mut few, mut many) = ([Header::NULL; FEW], Vec::new());
        let headers = few.get_mut(..count).unwrap_or_else(|| {
            many.resize(count, Header::NULL);
            &mut many
        });
        // SAFETY: as above; there is room for as many as Envoy has just said, and nothing has changed since.
        let found = unsafe {
            sys::envoy_dynamic_module_callback_http_get_headers(self.envoy, map as u32, headers.as_mut_ptr())
        };
        if !found {
            return PackedFields::default();
        }
        // SAFETY: Envoy has just filled it, and is asked nothing before all is copied.
        unsafe { packed(headers) }.unwrap_or_default()
    }

    /// Replaces every line of a field by one.
    pub fn set_header(&self, map: HeaderMap, name: &str, value: &[u8]) {
        let (name, value) = (Buffer::of(name.as_bytes()), Buffer::of(value));
        // SAFETY: see above.
        unsafe { sys::envoy_dynamic_module_callback_http_set_header(self.envoy, map as u32, name, value) };
    }

    /// Adds a line of a field.
    pub fn add_header(&self, map: HeaderMap, name: &str, value: &[u8]) {
        let (name, value) = (Buffer::of(name.as_bytes()), Buffer::of(value));
        // SAFETY: see above.
        unsafe { sys::envoy_dynamic_module_callback_http_add_header(self.envoy, map as u32, name, value) };
    }

    /// Removes every line of a field.
    pub fn remove_header(&self, map: HeaderMap, name: &str) {
        let name = Buffer::of(name.as_bytes());
        // SAFETY: see above; without a value Envoy removes the field.
        unsafe {
            sys::envoy_dynamic_module_callback_http_set_header(self.envoy, map as u32, name, Buffer::NULL);
        }
    }

    /// Answers the client; the stream may have ended when this returns.
    pub fn reply(self, status: u16, headers: &[(&str, &[u8])], body: &[u8], details: &str) {
        let headers: Vec<Header> = headers
            .iter()
            .map(|(name, value)| Header::of(name.as_bytes(), value))
            .collect();
        // SAFETY: see above; the stream is given away, so nothing is asked of it any more.
        unsafe {
            sys::envoy_dynamic_module_callback_http_send_response(
                self.envoy,
                status.into(),
                headers.as_ptr(),
                headers.len(),
                Buffer::of(body),
                Buffer::of(details.as_bytes()),
            );
        }
    }

    /// Lets a held request go on; the stream may have ended when this returns.
    pub fn continue_request(self) {
        // SAFETY: see above; the stream is given away, so nothing is asked of it any more.
        unsafe { sys::envoy_dynamic_module_callback_http_filter_continue_decoding(self.envoy) }
    }

    /// Lets a held response go on; the stream may have ended when this returns.
    pub fn continue_response(self) {
        // SAFETY: see above; the stream is given away, so nothing is asked of it any more.
        unsafe { sys::envoy_dynamic_module_callback_http_filter_continue_encoding(self.envoy) }
    }

    /// Has the route chosen anew.
    pub fn clear_route_cache(&self) {
        // SAFETY: see above.
        unsafe { sys::envoy_dynamic_module_callback_http_clear_route_cache(self.envoy) }
    }

    /// Adds to a counter of the configuration that made this stream's filter, with as many labels as it was defined with.
    pub fn count(&self, counter: CounterId, label: Option<&str>, by: u64) {
        let increment = sys::envoy_dynamic_module_callback_http_filter_increment_counter;
        // SAFETY: see above.
        unsafe { counter.add(increment, self.envoy, label, by) };
    }

    /// Sends a request, whose answer comes to [`call_event`](crate::HttpFilter::call_event): some of it, it may be, before this
    /// returns.
    ///
    /// # Errors
    /// [`NotSent`], and nothing comes.
    pub fn call(&self, call: &Outgoing<'_>) -> Result<u64, NotSent> {
        // SAFETY: see above.
        unsafe {
            call.send(
                sys::envoy_dynamic_module_callback_http_filter_start_http_stream,
                self.envoy,
            )
        }
    }

    /// Breaks a request off; [`CallEvent::Reset`](crate::CallEvent::Reset) comes of it before this returns.
    pub fn reset_call(&self, id: u64) {
        // SAFETY: see above; Envoy looks the id up.
        unsafe { sys::envoy_dynamic_module_callback_http_filter_reset_http_stream(self.envoy, id) }
    }

    /// What wakes the stream from any thread; `None` where Envoy makes none.
    pub fn scheduler(&self) -> Option<StreamScheduler> {
        // SAFETY: see above; the scheduler is the module's from here on.
        unsafe {
            StreamScheduler::new(sys::envoy_dynamic_module_callback_http_filter_scheduler_new(
                self.envoy,
            ))
        }
    }
}

/// How many fields are listed without asking for memory.
const FEW: usize = 48;
