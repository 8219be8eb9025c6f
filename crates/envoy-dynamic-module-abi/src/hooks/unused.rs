//! Hooks that Envoy wants to be there, and that this crate has no use for.

use crate::sys::{Buffer, Header};
use std::ffi::c_void;

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_stream_complete(_: *mut c_void, _: *const c_void) {}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_local_reply(
    _: *mut c_void,
    _: *const c_void,
    _status: u32,
    _details: Buffer,
    _reset_imminent: bool,
) -> u32 {
    // Let it be sent.
    0
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_downstream_above_write_buffer_high_watermark(
    _: *mut c_void,
    _: *const c_void,
) {
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_downstream_below_write_buffer_low_watermark(
    _: *mut c_void,
    _: *const c_void,
) {
}

/// No request is sent in one shot: see [`Stream::call`](crate::Stream::call).
#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_http_callout_done(
    _: *mut c_void,
    _: *const c_void,
    _id: u64,
    _result: u32,
    _headers: *const Header,
    _headers_count: usize,
    _chunks: *const Buffer,
    _chunks_count: usize,
) {
}

/// No request is sent in one shot: see [`Configuration::call`](crate::Configuration::call).
#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_config_http_callout_done(
    _: *mut c_void,
    _: *const c_void,
    _id: u64,
    _result: u32,
    _headers: *const Header,
    _headers_count: usize,
    _chunks: *const Buffer,
    _chunks_count: usize,
) {
}
