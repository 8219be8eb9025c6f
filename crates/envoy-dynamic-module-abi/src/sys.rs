//! Envoy's declarations, as far as they're used: `abi.h` of Envoy 1.40, its types as C lays them out. What each does, and who owns
//! what it's given, is said there.

use std::ffi::{c_char, c_void};

/// Bytes, of Envoy's or the module's.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Buffer {
    pub(crate) start: *const u8,
    pub(crate) length: usize,
}

/// A header field, of Envoy's or the module's.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Header {
    pub(crate) name: Buffer,
    pub(crate) value: Buffer,
}

pub(crate) const METRIC_SUCCESS: u32 = 0;
pub(crate) const CALL_SENT: u32 = 0;
pub(crate) const RECEIVED_RESPONSE_BODY: u32 = 2;
pub(crate) const BUFFERED_RESPONSE_BODY: u32 = 3;

/// Adds to a counter, of a stream or of a configuration.
pub(crate) type IncrementCounter =
    unsafe extern "C" fn(*mut c_void, id: usize, labels: *const Buffer, count: usize, by: u64) -> u32;

/// Sends a request, of a stream or of a configuration.
pub(crate) type StartStream = unsafe extern "C" fn(
    *mut c_void,
    id: *mut u64,
    cluster: Buffer,
    headers: *const Header,
    count: usize,
    body: Buffer,
    end: bool,
    milliseconds: u64,
) -> u32;

unsafe extern "C" {
    pub(crate) fn envoy_dynamic_module_callback_log(level: u32, message: Buffer);
    pub(crate) fn envoy_dynamic_module_callback_log_enabled(level: u32) -> bool;

    pub(crate) fn envoy_dynamic_module_callback_http_filter_config_define_counter(
        configuration: *mut c_void,
        name: Buffer,
        labels: *const Buffer,
        count: usize,
        id: *mut usize,
    ) -> u32;
    pub(crate) fn envoy_dynamic_module_callback_http_filter_config_increment_counter(
        configuration: *mut c_void,
        id: usize,
        labels: *const Buffer,
        count: usize,
        by: u64,
    ) -> u32;
    pub(crate) fn envoy_dynamic_module_callback_http_filter_config_start_http_stream(
        configuration: *mut c_void,
        id: *mut u64,
        cluster: Buffer,
        headers: *const Header,
        count: usize,
        body: Buffer,
        end: bool,
        milliseconds: u64,
    ) -> u32;
    pub(crate) fn envoy_dynamic_module_callback_http_filter_config_reset_http_stream(
        configuration: *mut c_void,
        id: u64,
    );
    pub(crate) fn envoy_dynamic_module_callback_http_filter_config_scheduler_new(
        configuration: *mut c_void,
    ) -> *mut c_void;
    pub(crate) fn envoy_dynamic_module_callback_http_filter_config_scheduler_commit(
        scheduler: *mut c_void,
        event: u64,
    );
    pub(crate) fn envoy_dynamic_module_callback_http_filter_config_scheduler_delete(scheduler: *mut c_void);

    pub(crate) fn envoy_dynamic_module_callback_http_filter_increment_counter(
        stream: *mut c_void,
        id: usize,
        labels: *const Buffer,
        count: usize,
        by: u64,
    ) -> u32;
    pub(crate) fn envoy_dynamic_module_callback_http_get_headers_size(stream: *mut c_void, map: u32)
    -> usize;
    pub(crate) fn envoy_dynamic_module_callback_http_get_headers(
        stream: *mut c_void,
        map: u32,
        headers: *mut Header,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_add_header(
        stream: *mut c_void,
        map: u32,
        name: Buffer,
        value: Buffer,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_set_header(
        stream: *mut c_void,
        map: u32,
        name: Buffer,
        value: Buffer,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_send_response(
        stream: *mut c_void,
        status: u32,
        headers: *const Header,
        count: usize,
        body: Buffer,
        details: Buffer,
    );
    pub(crate) fn envoy_dynamic_module_callback_http_get_body_size(stream: *mut c_void, body: u32) -> usize;
    pub(crate) fn envoy_dynamic_module_callback_http_get_body_chunks_size(
        stream: *mut c_void,
        body: u32,
    ) -> usize;
    pub(crate) fn envoy_dynamic_module_callback_http_get_body_chunks(
        stream: *mut c_void,
        body: u32,
        chunks: *mut Buffer,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_append_body(
        stream: *mut c_void,
        body: u32,
        bytes: Buffer,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_drain_body(
        stream: *mut c_void,
        body: u32,
        bytes: usize,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_received_buffered_response_body(
        stream: *mut c_void,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_get_metadata_string(
        stream: *mut c_void,
        source: u32,
        name_space: Buffer,
        key: Buffer,
        value: *mut Buffer,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_set_dynamic_metadata_string(
        stream: *mut c_void,
        name_space: Buffer,
        key: Buffer,
        value: Buffer,
    );
    pub(crate) fn envoy_dynamic_module_callback_http_set_dynamic_metadata_struct(
        stream: *mut c_void,
        name_space: Buffer,
        value: Buffer,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_get_filter_state_bytes(
        stream: *mut c_void,
        key: Buffer,
        value: *mut Buffer,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_get_filter_state_typed(
        stream: *mut c_void,
        key: Buffer,
        value: *mut Buffer,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_set_filter_state_bytes(
        stream: *mut c_void,
        key: Buffer,
        value: Buffer,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_filter_get_attribute_string(
        stream: *mut c_void,
        attribute: u32,
        value: *mut Buffer,
    ) -> bool;
    pub(crate) fn envoy_dynamic_module_callback_http_clear_route_cache(stream: *mut c_void);
    pub(crate) fn envoy_dynamic_module_callback_http_filter_start_http_stream(
        stream: *mut c_void,
        id: *mut u64,
        cluster: Buffer,
        headers: *const Header,
        count: usize,
        body: Buffer,
        end: bool,
        milliseconds: u64,
    ) -> u32;
    pub(crate) fn envoy_dynamic_module_callback_http_filter_reset_http_stream(stream: *mut c_void, id: u64);
    pub(crate) fn envoy_dynamic_module_callback_http_filter_continue_decoding(stream: *mut c_void);
    pub(crate) fn envoy_dynamic_module_callback_http_filter_continue_encoding(stream: *mut c_void);
    pub(crate) fn envoy_dynamic_module_callback_http_filter_scheduler_new(stream: *mut c_void)
    -> *mut c_void;
    pub(crate) fn envoy_dynamic_module_callback_http_filter_scheduler_commit(
        scheduler: *mut c_void,
        event: u64,
    );
    pub(crate) fn envoy_dynamic_module_callback_http_filter_scheduler_delete(scheduler: *mut c_void);
    pub(crate) fn envoy_dynamic_module_callback_get_most_specific_route_config(
        stream: *mut c_void,
    ) -> *const c_void;
}

/// The version of the interface that is built against: Envoy 1.40's. Others load the module with a warning.
pub(crate) const VERSION: *const c_char = c"v0.2.0".as_ptr();
