#![doc = include_str!("../README.md")]

mod active;
mod answer;
mod attributes;
mod calls;
mod counters;
mod entry;
mod filter;
mod filters;
mod http_stream;
mod instance;
mod log_lines;
mod main_thread;
mod mutation;
mod native_host;
mod place;
mod protobuf_struct;
mod publication;
mod replies;
mod request;
mod response;
mod route_override;
mod shared_data;
mod timer;
mod verify;
mod waker;

pub use entry::Entry;
#[doc(hidden)]
pub use envoy_dynamic_module_abi;
pub use filters::Filters;

/// Makes the crate, a `cdylib`, a dynamic module of these filters:
/// `export!(Entry::of::<JwtAuth>(), Entry::of::<RateLimit>());`.
#[macro_export]
macro_rules! export {
    ($($entry:expr),+ $(,)?) => {
        static FILTERS: $crate::Filters = $crate::Filters(&[$($entry),+]);
        $crate::envoy_dynamic_module_abi::export!(FILTERS);
    };
}
