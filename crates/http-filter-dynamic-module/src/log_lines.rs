use envoy_dynamic_module_abi::{LogLevel, log, log_enabled};
use log::{Level, LevelFilter, Log, Metadata, Record};
use std::panic;

/// Has log lines, and the places of panics, go into Envoy's log.
pub(crate) fn begin() {
    // Whoever loads the module a second time finds it set.
    if log::set_logger(&LogLines).is_ok() {
        log::set_max_level(LevelFilter::Info);
        // Of a panic's message nothing is told: it may hold what a client sent.
        panic::set_hook(Box::new(|panic| match panic.location() {
            Some(place) => log::error!("panicked at {}:{}", place.file(), place.line()),
            None => log::error!("panicked"),
        }));
    }
}

struct LogLines;

impl Log for LogLines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        log_enabled(level(metadata.level()))
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            log(level(record.level()), &record.args().to_string());
        }
    }

    fn flush(&self) {}
}

fn level(level: Level) -> LogLevel {
    match level {
        Level::Error => LogLevel::Error,
        Level::Warn => LogLevel::Warn,
        Level::Info => LogLevel::Info,
        Level::Debug => LogLevel::Debug,
        Level::Trace => LogLevel::Trace,
    }
}
