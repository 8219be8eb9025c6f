#![doc = include_str!("../README.md")]

pub mod case;
mod exchange;
mod expect;
mod journey;
mod observed;
mod replay;
mod simulated_host;
mod text;
mod world;

pub use case::{Case, CaseFile, Tier};
pub use journey::{Journey, Ruling, Visit};
pub use observed::{Mismatch, Observed, differences, mismatches};
pub use replay::{Difference, replay};
pub use simulated_host::{Reason, SimulatedHost};
pub use text::{Text, lines};
pub use world::{Stuck, World};
