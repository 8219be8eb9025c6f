#![doc = include_str!("../README.md")]

mod exchange;
mod memory;
#[cfg(target_os = "wasi")]
mod outgoing;
#[cfg(target_os = "wasi")]
mod serve;

pub use exchange::{Exchange, Rewriter, Step};
pub use memory::{Clock, Memory};
#[cfg(target_os = "wasi")]
pub use serve::{Upstreams, WasiClock, serve};
