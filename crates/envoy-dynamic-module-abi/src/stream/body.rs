use crate::{
    Stream,
    sys::{self, Buffer},
};

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
    // Of every call below: see what is said of all calls of `Stream`.

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
}
