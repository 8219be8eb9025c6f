//! Documents that know where in a file each of their parts stands.

mod embedded;
mod reading;
mod tree;
mod yaml;

pub use embedded::Embedding;
pub use reading::{Reader, Remark, read, read_scalar};
pub use tree::{Content, Node, Position, Scalar, Style};
pub use yaml::{Malformed, Parsed, parse, parse_embedded};
