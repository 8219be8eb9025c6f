//! What Envoy calls. Every hook catches panics; none holds a reference to the module's own over a call of Envoy's that may destroy it.

mod answers;
mod stream;
mod unused;

use crate::{
    Configuration, FilterConfiguration, Module, RouteConfiguration,
    sys::{self, Buffer},
};
use std::{
    ffi::{c_char, c_void},
    panic::{AssertUnwindSafe, catch_unwind},
    ptr,
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

/// As Envoy keeps it: a thin pointer to a fat one.
type KeptConfiguration = Arc<dyn FilterConfiguration>;

/// # Safety
/// `kept` is what `config_new` returned, and hasn't been destroyed.
unsafe fn configuration(kept: *const c_void) -> KeptConfiguration {
    // SAFETY: as the caller says. The copy outlives a destruction that this hook may bring about.
    Arc::clone(unsafe { &*kept.cast::<KeptConfiguration>() })
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
