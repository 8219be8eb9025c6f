use crate::{
    CounterId, Field, NotSent, Outgoing, RouteConfiguration, StreamScheduler,
    buffer::copied,
    call::sent,
    sys::{self, Buffer, Header},
};
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

/// An attribute of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamAttribute(
    /// Its number in the interface.
    pub u32,
);

/// Where metadata stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum MetadataSource {
    /// In the stream: dynamic metadata.
    Dynamic = 0,
    /// In the route's configuration.
    Route = 1,
}

/// A part of the response's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum ResponseBody {
    /// What the hook that is running was called with.
    Received = sys::RECEIVED_RESPONSE_BODY,
    /// What waits since.
    Buffered = sys::BUFFERED_RESPONSE_BODY,
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
    pub fn headers(&self, map: HeaderMap) -> Vec<Field> {
        // SAFETY: see above.
        let count =
            unsafe { sys::envoy_dynamic_module_callback_http_get_headers_size(self.envoy, map as u32) };
        let mut headers = vec![Header::NULL; count];
        // SAFETY: as above; there is room for as many as Envoy has just said, and nothing has changed since.
        let found = unsafe {
            sys::envoy_dynamic_module_callback_http_get_headers(self.envoy, map as u32, headers.as_mut_ptr())
        };
        if !found {
            return Vec::new();
        }
        // SAFETY: Envoy has just filled it, and is asked nothing before all is copied.
        unsafe { copied(&headers) }
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

    /// An attribute that is text.
    pub fn attribute(&self, attribute: StreamAttribute) -> Option<Vec<u8>> {
        // SAFETY: see above.
        read(|value| unsafe {
            sys::envoy_dynamic_module_callback_http_filter_get_attribute_string(
                self.envoy,
                attribute.0,
                value,
            )
        })
    }

    /// A text in metadata.
    pub fn metadata(&self, source: MetadataSource, name_space: &str, key: &str) -> Option<Vec<u8>> {
        let (name_space, key) = (Buffer::of(name_space.as_bytes()), Buffer::of(key.as_bytes()));
        // SAFETY: see above.
        read(|value| unsafe {
            sys::envoy_dynamic_module_callback_http_get_metadata_string(
                self.envoy,
                source as u32,
                name_space,
                key,
                value,
            )
        })
    }

    /// Sets a text in dynamic metadata.
    pub fn set_metadata(&self, name_space: &str, key: &str, value: &[u8]) {
        let (name_space, key) = (Buffer::of(name_space.as_bytes()), Buffer::of(key.as_bytes()));
        // SAFETY: see above.
        unsafe {
            sys::envoy_dynamic_module_callback_http_set_dynamic_metadata_string(
                self.envoy,
                name_space,
                key,
                Buffer::of(value),
            );
        }
    }

    /// Sets a whole name space of dynamic metadata: a `google.protobuf.Struct`, serialised.
    pub fn set_metadata_struct(&self, name_space: &str, value: &[u8]) {
        let name_space = Buffer::of(name_space.as_bytes());
        // SAFETY: see above.
        unsafe {
            sys::envoy_dynamic_module_callback_http_set_dynamic_metadata_struct(
                self.envoy,
                name_space,
                Buffer::of(value),
            );
        }
    }

    /// Filter state, as text.
    pub fn filter_state(&self, key: &str) -> Option<Vec<u8>> {
        let key = Buffer::of(key.as_bytes());
        // SAFETY: see above.
        let text = read(|value| unsafe {
            sys::envoy_dynamic_module_callback_http_get_filter_state_bytes(self.envoy, key, value)
        });
        if text.is_some() {
            return text;
        }
        // SAFETY: see above.
        read(|value| unsafe {
            sys::envoy_dynamic_module_callback_http_get_filter_state_typed(self.envoy, key, value)
        })
    }

    /// Sets filter state, as text.
    pub fn set_filter_state(&self, key: &str, value: &[u8]) {
        let (key, value) = (Buffer::of(key.as_bytes()), Buffer::of(value));
        // SAFETY: see above.
        unsafe { sys::envoy_dynamic_module_callback_http_set_filter_state_bytes(self.envoy, key, value) };
    }

    /// The size of a part of the response's body, in bytes.
    pub fn body_size(&self, body: ResponseBody) -> usize {
        // SAFETY: see above.
        unsafe { sys::envoy_dynamic_module_callback_http_get_body_size(self.envoy, body as u32) }
    }

    /// Copies a part of the response's body behind `copy`.
    pub fn copy_body(&self, body: ResponseBody, copy: &mut Vec<u8>) {
        // SAFETY: see above.
        let count =
            unsafe { sys::envoy_dynamic_module_callback_http_get_body_chunks_size(self.envoy, body as u32) };
        let mut chunks = vec![Buffer::NULL; count];
        // SAFETY: as above; there is room for as many as Envoy has just said, and nothing has changed since.
        let found = unsafe {
            sys::envoy_dynamic_module_callback_http_get_body_chunks(
                self.envoy,
                body as u32,
                chunks.as_mut_ptr(),
            )
        };
        if found {
            for chunk in chunks {
                // SAFETY: Envoy has just filled it, and is asked nothing before all is copied.
                copy.extend_from_slice(unsafe { chunk.bytes() });
            }
        }
    }

    /// Drops a part of the response's body.
    pub fn drain_body(&self, body: ResponseBody) {
        // SAFETY: see above; Envoy drains no more than there is.
        unsafe { sys::envoy_dynamic_module_callback_http_drain_body(self.envoy, body as u32, usize::MAX) };
    }

    /// Adds to a part of the response's body.
    pub fn append_body(&self, body: ResponseBody, bytes: &[u8]) {
        // SAFETY: see above.
        unsafe {
            sys::envoy_dynamic_module_callback_http_append_body(self.envoy, body as u32, Buffer::of(bytes))
        };
    }

    /// Whether what the hook was called with is what waits: a filter before this one held it.
    pub fn received_is_buffered(&self) -> bool {
        // SAFETY: see above.
        unsafe { sys::envoy_dynamic_module_callback_http_received_buffered_response_body(self.envoy) }
    }

    /// Adds to a counter of the configuration that made this stream's filter.
    pub fn count(&self, counter: CounterId, label: Option<&str>, by: u64) {
        let label = label.map(|label| Buffer::of(label.as_bytes()));
        let labels = label.as_slice();
        // SAFETY: see above; Envoy checks the id and the number of labels.
        unsafe {
            sys::envoy_dynamic_module_callback_http_filter_increment_counter(
                self.envoy,
                counter.0,
                labels.as_ptr(),
                labels.len(),
                by,
            );
        }
    }

    /// Sends a request, whose answer comes to [`call_event`](crate::HttpFilter::call_event): some of it, it may be, before this
    /// returns.
    ///
    /// # Errors
    /// [`NotSent`], and nothing comes.
    pub fn call(&self, call: &Outgoing<'_>) -> Result<u64, NotSent> {
        let headers = call.fields();
        let mut id = 0;
        // SAFETY: see above.
        let result = unsafe {
            sys::envoy_dynamic_module_callback_http_filter_start_http_stream(
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

    /// The module's configuration for the stream's route, the most specific one.
    pub fn route_configuration(&self) -> Option<RouteConfiguration> {
        // SAFETY: see above.
        let found = unsafe { sys::envoy_dynamic_module_callback_get_most_specific_route_config(self.envoy) };
        // SAFETY: it's null or came from the hook that makes them, as a pointer to this type, and Envoy keeps it as long as the route.
        unsafe { found.cast::<RouteConfiguration>().as_ref() }.cloned()
    }
}

/// Reads a text that a call of Envoy's fills in, which says whether there is one.
fn read(call: impl FnOnce(*mut Buffer) -> bool) -> Option<Vec<u8>> {
    let mut value = Buffer::NULL;
    if !call(&raw mut value) {
        return None;
    }
    // SAFETY: Envoy has just filled it, and is asked nothing before it is copied.
    Some(unsafe { value.bytes() }.to_vec())
}
