//! The first of three components in one function, see functions/composed/README.md: `POST /order` is looked at for who asks, and
//! handed on to the next one. All other paths are those of every function in Rust.

#[cfg(target_os = "wasi")]
mod auth;
#[cfg(target_os = "wasi")]
mod order;

/// Components of this world have no main function; programs in Rust do.
fn main() {}
