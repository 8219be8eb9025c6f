//! What Envoy calls. Every hook catches panics; none holds a reference to the module's own over a call of Envoy's that may destroy it.

use crate::{
    BodyStatus, CallEvent, Configuration, FilterConfiguration, HeadersStatus, HttpFilter, Module,
    RouteConfiguration, Stream, TrailersStatus,
    buffer::{array, copied},
    sys::{self, Buffer, Header},
};
use std::{
    ffi::{c_char, c_void},
    panic::{AssertUnwindSafe, catch_unwind},
    ptr,
    rc::Rc,
    sync::{Arc, OnceLock},
};

static MODULE: OnceLock<&'static dyn Module> = OnceLock::new();

/// What [`export!`](crate::export) has Envoy call when it has loaded the module.
#[doc(hidden)]
pub fn program_init(module: &'static dyn Module) -> *const c_char {
    let module = *MODULE.get_or_init(|| module);
    guarded("program_init", ptr::null(), || {
        module.loaded();
        sys::VERSION
    })
}

/// Runs a hook. What it panics with is forgotten: dropping it could panic once more.
fn guarded<T>(hook: &'static str, otherwise: T, run: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|payload| {
        std::mem::forget(payload);
        if let Some(module) = MODULE.get() {
            // What is told of a panic can't be allowed to end Envoy either.
            let told = catch_unwind(AssertUnwindSafe(|| module.panicked(hook)));
            told.unwrap_or_else(std::mem::forget);
        }
        otherwise
    })
}

/// As Envoy keeps them: a thin pointer to a fat one.
type KeptConfiguration = Arc<dyn FilterConfiguration>;
type KeptFilter = Rc<dyn HttpFilter>;

/// # Safety
/// `kept` is what `config_new` returned, and hasn't been destroyed.
unsafe fn configuration(kept: *const c_void) -> KeptConfiguration {
    // SAFETY: as the caller says. The copy outlives a destruction that this hook may bring about.
    Arc::clone(unsafe { &*kept.cast::<KeptConfiguration>() })
}

/// # Safety
/// `kept` is what `new` returned on this thread, and hasn't been destroyed.
unsafe fn filter(kept: *const c_void) -> KeptFilter {
    // SAFETY: as the caller says. The copy outlives a destruction that this hook may bring about.
    Rc::clone(unsafe { &*kept.cast::<KeptFilter>() })
}

/// # Safety
/// Envoy passed both buffers to the hook that is running.
unsafe fn named<'a>(name: Buffer, document: Buffer) -> Option<(&'a str, &'a [u8])> {
    // SAFETY: as the caller says.
    let (name, document) = unsafe { (name.bytes(), document.bytes()) };
    Some((std::str::from_utf8(name).ok()?, document))
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_config_new(
    envoy: *mut c_void,
    name: Buffer,
    document: Buffer,
) -> *const c_void {
    guarded("config_new", ptr::null(), || {
        // SAFETY: Envoy passed all of it to this hook.
        let (envoy, named) = unsafe { (Configuration::new(envoy), named(name, document)) };
        let made = MODULE
            .get()
            .zip(named)
            .and_then(|(module, (name, document))| module.configure(&envoy, name, document));
        made.map_or(ptr::null(), |made| {
            Box::into_raw(Box::new(made)).cast_const().cast()
        })
    })
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_config_destroy(kept: *const c_void) {
    if kept.is_null() {
        return;
    }
    guarded("config_destroy", (), || {
        // SAFETY: `config_new` made it of a box, and Envoy destroys it once.
        let kept = unsafe { Box::from_raw(kept.cast_mut().cast::<KeptConfiguration>()) };
        kept.destroyed();
    });
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_per_route_config_new(
    name: Buffer,
    document: Buffer,
) -> *const c_void {
    guarded("per_route_config_new", ptr::null(), || {
        // SAFETY: Envoy passed both to this hook.
        let named = unsafe { named(name, document) };
        let made: Option<RouteConfiguration> = MODULE
            .get()
            .zip(named)
            .and_then(|(module, (name, document))| module.configure_route(name, document));
        made.map_or(ptr::null(), |made| {
            Box::into_raw(Box::new(made)).cast_const().cast()
        })
    })
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_per_route_config_destroy(kept: *const c_void) {
    if kept.is_null() {
        return;
    }
    guarded("per_route_config_destroy", (), || {
        // SAFETY: `per_route_config_new` made it of a box, and Envoy destroys it once.
        drop(unsafe { Box::from_raw(kept.cast_mut().cast::<RouteConfiguration>()) });
    });
}

#[unsafe(no_mangle)]
extern "C" fn envoy_dynamic_module_on_http_filter_config_scheduled(
    envoy: *mut c_void,
    kept: *const c_void,
    event: u64,
) {
    guarded("config_scheduled", (), || {
        // SAFETY: Envoy passed both to this hook.
        let (envoy, kept) = unsafe { (Configuration::new(envoy), configuration(kept)) };
        kept.scheduled(&envoy, event);
    });
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
fn stream_hook<T>(
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

/// No request is sent in one shot: see [`Stream::call`].
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

/// No request is sent in one shot: see [`Configuration::call`].
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
