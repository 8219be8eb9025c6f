#![doc = include_str!("../README.md")]

mod calls;
mod context;
mod counters;
mod mutation;
mod replies;
mod response;
mod root;
mod stream;
mod verify;
mod vm;
mod waiting;

#[doc(hidden)]
pub use proxy_wasm;

use http_filter::FilterConfig;
use proxy_wasm::types::LogLevel;

/// Makes the crate, a `cdylib`, the Proxy-Wasm module of a filter: `export!(jwt_auth::JwtAuth);`.
#[macro_export]
macro_rules! export {
    ($config:ty) => {
        const _: () = {
            $crate::proxy_wasm::main! {{
                $crate::start::<$config>();
            }}
        };
    };
}

/// Tells the VM which filter to run; what [`export!`] calls when the module is loaded.
pub fn start<C: FilterConfig>() {
    proxy_wasm::set_log_level(LogLevel::Info);
    proxy_wasm::set_root_context(|context_id| Box::new(root::Root::<C>::new(context_id)));
}
