//! The hooks by which answers to the module's own requests come, of streams and of configurations alike.

use super::{configuration, guarded, stream::stream_hook};
use crate::{
    CallEvent, Configuration,
    buffer::{array, copied},
    sys::{Buffer, Header},
};
use std::ffi::c_void;

/// Declares the five hooks of an answer, once for streams and once for configurations.
macro_rules! answers {
    ($deliver:ident: $headers:ident, $data:ident, $trailers:ident, $complete:ident, $reset:ident) => {
        #[unsafe(no_mangle)]
        extern "C" fn $headers(
            envoy: *mut c_void,
            kept: *const c_void,
            id: u64,
            headers: *const Header,
            count: usize,
            _end: bool,
        ) {
            // SAFETY: Envoy passed the array to this hook, and nothing is asked of it before all is copied.
            let headers = unsafe { copied(array(headers, count)) };
            $deliver(envoy, kept, id, CallEvent::Headers(headers));
        }

        #[unsafe(no_mangle)]
        extern "C" fn $data(
            envoy: *mut c_void,
            kept: *const c_void,
            id: u64,
            chunks: *const Buffer,
            count: usize,
            _end: bool,
        ) {
            // SAFETY: Envoy passed the array to this hook, whose data lives until it's left.
            let chunks = unsafe { array(chunks, count) }.iter();
            // SAFETY: as for the array.
            let chunks = chunks.map(|chunk| unsafe { chunk.bytes() });
            $deliver(envoy, kept, id, CallEvent::Data(chunks.collect()));
        }

        #[unsafe(no_mangle)]
        extern "C" fn $trailers(
            envoy: *mut c_void,
            kept: *const c_void,
            id: u64,
            trailers: *const Header,
            count: usize,
        ) {
            // SAFETY: as for the headers.
            let trailers = unsafe { copied(array(trailers, count)) };
            $deliver(envoy, kept, id, CallEvent::Trailers(trailers));
        }

        #[unsafe(no_mangle)]
        extern "C" fn $complete(envoy: *mut c_void, kept: *const c_void, id: u64) {
            $deliver(envoy, kept, id, CallEvent::Complete);
        }

        #[unsafe(no_mangle)]
        extern "C" fn $reset(envoy: *mut c_void, kept: *const c_void, id: u64, _reason: u32) {
            $deliver(envoy, kept, id, CallEvent::Reset);
        }
    };
}

answers!(to_stream:
    envoy_dynamic_module_on_http_filter_http_stream_headers,
    envoy_dynamic_module_on_http_filter_http_stream_data,
    envoy_dynamic_module_on_http_filter_http_stream_trailers,
    envoy_dynamic_module_on_http_filter_http_stream_complete,
    envoy_dynamic_module_on_http_filter_http_stream_reset);

answers!(to_configuration:
    envoy_dynamic_module_on_http_filter_config_http_stream_headers,
    envoy_dynamic_module_on_http_filter_config_http_stream_data,
    envoy_dynamic_module_on_http_filter_config_http_stream_trailers,
    envoy_dynamic_module_on_http_filter_config_http_stream_complete,
    envoy_dynamic_module_on_http_filter_config_http_stream_reset);

fn to_stream(envoy: *mut c_void, kept: *const c_void, id: u64, event: CallEvent<'_>) {
    stream_hook("call_event", (), envoy, kept, |filter, stream| {
        filter.call_event(stream, id, event);
    });
}

fn to_configuration(envoy: *mut c_void, kept: *const c_void, id: u64, event: CallEvent<'_>) {
    if kept.is_null() {
        return;
    }
    guarded("config_call_event", (), || {
        // SAFETY: Envoy passed both to this hook.
        let (envoy, kept) = unsafe { (Configuration::new(envoy), configuration(kept)) };
        kept.call_event(&envoy, id, event);
    });
}
