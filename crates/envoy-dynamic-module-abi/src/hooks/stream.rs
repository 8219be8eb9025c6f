//! The hooks of a stream.

use super::{configuration, guarded};
use crate::{BodyStatus, HeadersStatus, HttpFilter, Stream, TrailersStatus};
use std::{ffi::c_void, ptr, rc::Rc};

/// As Envoy keeps it: a thin pointer to a fat one.
type KeptFilter = Rc<dyn HttpFilter>;

/// # Safety
/// `kept` is what `new` returned on this thread, and hasn't been destroyed.
unsafe fn filter(kept: *const c_void) -> KeptFilter {
    // SAFETY: as the caller says. The copy outlives a destruction that this hook may bring about.
    Rc::clone(unsafe { &*kept.cast::<KeptFilter>() })
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_new(
    kept: *const c_void,
    envoy: *mut c_void,
) -> *const c_void {
    guarded("new", ptr::null(), || {
        // SAFETY: Envoy passed both to this hook.
        let (kept, stream) = unsafe { (configuration(kept), Stream::new(envoy)) };
        kept.filter(&stream).map_or(ptr::null(), |filter: KeptFilter| {
            Box::into_raw(Box::new(filter)).cast_const().cast()
        })
    })
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_destroy(kept: *const c_void) {
    if kept.is_null() {
        return;
    }
    guarded("destroy", (), || {
        // SAFETY: `new` made it of a box on this thread, and Envoy destroys it once.
        let kept = unsafe { Box::from_raw(kept.cast_mut().cast::<KeptFilter>()) };
        kept.destroyed();
    });
}

/// A hook of a stream; where it panics, `otherwise` is its answer.
pub(super) fn stream_hook<T>(
    hook: &'static str,
    otherwise: T,
    envoy: *mut c_void,
    kept: *const c_void,
    run: impl FnOnce(&dyn HttpFilter, Stream<'_>) -> T,
) -> T {
    if kept.is_null() {
        return otherwise;
    }
    guarded(hook, otherwise, || {
        // SAFETY: Envoy passed both to this hook, on the stream's worker.
        let (kept, stream) = unsafe { (filter(kept), Stream::new(envoy)) };
        run(&*kept, stream)
    })
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_request_headers(
    envoy: *mut c_void,
    kept: *const c_void,
    end: bool,
) -> u32 {
    let status = stream_hook("request_headers", None, envoy, kept, |filter, stream| {
        Some(filter.request_headers(stream, end))
    });
    status.unwrap_or_else(|| {
        // A request that nobody has judged goes nowhere.
        // SAFETY: Envoy passed the pointer to this hook, and no reply has been sent from it.
        unsafe { Stream::new(envoy) }.reply(500, &[], &[], "filter_failed");
        HeadersStatus::StopIteration
    }) as u32
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_request_body(
    envoy: *mut c_void,
    kept: *const c_void,
    end: bool,
) -> u32 {
    let held = BodyStatus::StopIterationAndBuffer;
    stream_hook("request_body", held, envoy, kept, |filter, stream| {
        filter.request_body(stream, end)
    }) as u32
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_request_trailers(
    envoy: *mut c_void,
    kept: *const c_void,
) -> u32 {
    let held = TrailersStatus::StopIteration;
    stream_hook("request_trailers", held, envoy, kept, |filter, stream| {
        filter.request_trailers(stream)
    }) as u32
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_response_headers(
    envoy: *mut c_void,
    kept: *const c_void,
    end: bool,
) -> u32 {
    let on = HeadersStatus::Continue;
    stream_hook("response_headers", on, envoy, kept, |filter, stream| {
        filter.response_headers(stream, end)
    }) as u32
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_response_body(
    envoy: *mut c_void,
    kept: *const c_void,
    end: bool,
) -> u32 {
    let on = BodyStatus::Continue;
    stream_hook("response_body", on, envoy, kept, |filter, stream| {
        filter.response_body(stream, end)
    }) as u32
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_response_trailers(
    envoy: *mut c_void,
    kept: *const c_void,
) -> u32 {
    let on = TrailersStatus::Continue;
    stream_hook("response_trailers", on, envoy, kept, |filter, stream| {
        filter.response_trailers(stream)
    }) as u32
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_scheduled(
    envoy: *mut c_void,
    kept: *const c_void,
    event: u64,
) {
    stream_hook("scheduled", (), envoy, kept, |filter, stream| {
        filter.scheduled(stream, event);
    });
}
