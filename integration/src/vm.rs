//! An in-process Proxy-Wasm VM: a module on an interpreter, with a host that answers as Envoy 1.40 does, strictly: what
//! Envoy answers with a status that the SDK takes for impossible traps here too, and a trap fails the test.
//!
//! ```text
//! Process   what all VMs of one Envoy share: the clock, shared data, counters, the log
//!  └ Vm     one instance of a module on one worker: configuration, ticks, callouts
//!     └ Stream   one request and its response, with Envoy's rules for pausing, resuming and local replies
//! ```
//!
//! Nothing happens by itself: the test moves the clock, ticks, and answers callouts. [`Replay`] does so for `cases/*.yaml`.

pub mod abi;
mod action;
mod callout;
mod configurations;
mod fields;
mod flow;
mod guest;
mod host;
mod imports;
mod instance;
mod local_reply;
pub mod message;
mod pairs;
mod process;
mod replay;
mod shared_data;
mod status;
mod stream;
mod world;

pub use callout::{Answer, Callout, Dispatch, Request};
pub use configurations::configurations;
pub use fields::Fields;
pub use flow::{Event, Sent};
pub use host::VerifySignature;
pub use instance::{Options, Program, Vm};
pub use process::{LogLine, Process};
pub use replay::{Replay, replay_cases};
pub use shared_data::SharedData;
pub use stream::Stream;
pub use world::World;
