use crate::sys::{self, Buffer};

/// How grave a line in Envoy's log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum LogLevel {
    /// Each step.
    Trace,
    /// For those who look for a fault.
    Debug,
    /// What happened.
    Info,
    /// What should not happen.
    Warn,
    /// What failed.
    Error,
}

/// Writes a line into Envoy's log, from any thread.
pub fn log(level: LogLevel, message: &str) {
    // SAFETY: the call reads `message` before it returns; Envoy's loggers are made for all threads.
    unsafe { sys::envoy_dynamic_module_callback_log(level as u32, Buffer::of(message.as_bytes())) }
}

/// Whether Envoy's log takes lines of this level.
pub fn log_enabled(level: LogLevel) -> bool {
    // SAFETY: the call takes no pointer, and Envoy's loggers are made for all threads.
    unsafe { sys::envoy_dynamic_module_callback_log_enabled(level as u32) }
}
