#![doc = include_str!("../README.md")]

mod buffer;
mod call;
mod configuration;
mod counter;
mod hooks;
mod log;
mod module;
mod scheduler;
mod stream;
mod sys;

pub use buffer::{Field, PackedFields};
pub use call::{CallEvent, NotSent, Outgoing};
pub use configuration::Configuration;
pub use counter::CounterId;
#[doc(hidden)]
pub use hooks::program_init;
pub use log::{LogLevel, log, log_enabled};
pub use module::{
    BodyStatus, FilterConfiguration, HeadersStatus, HttpFilter, Module, RouteConfiguration, TrailersStatus,
};
pub use scheduler::{ConfigurationScheduler, StreamScheduler};
pub use stream::{HeaderMap, MetadataSource, ResponseBody, Stream, StreamAttribute};

/// Makes the crate, a `cdylib`, a dynamic module of Envoy: `export!(MODULE)`, where `MODULE` is a `static` of a type that is a
/// [`Module`].
#[macro_export]
macro_rules! export {
    ($module:path) => {
        const _: () = {
            #[unsafe(no_mangle)]
            extern "C" fn envoy_dynamic_module_on_program_init() -> *const ::core::ffi::c_char {
                $crate::program_init(&$module)
            }
        };
    };
}
