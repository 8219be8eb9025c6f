use super::{Cluster, Slot};
use crate::document::Position;

/// Filters that requests pass one after the other.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    /// The filters of ours, in the order in which requests pass them.
    pub slots: Vec<Slot>,
    /// Filters that are not ours.
    pub others: Vec<Other>,
    /// What the connection manager around them says; `None` where the file doesn't hold it.
    pub connection: Option<Connection>,
    /// The clusters that Envoy knows; `None` where the file doesn't list all of them.
    pub clusters: Option<Vec<Cluster>>,
    /// What makes chains of several manifests one: where they are and what they apply to.
    pub scope: Option<String>,
}

/// A filter in a chain that isn't ours.
#[derive(Clone, Debug)]
pub struct Other {
    /// How many of ours stand before it.
    pub before: usize,
    /// Its type, else its name.
    pub kind: String,
    /// Where it stands.
    pub at: Position,
}

impl Other {
    /// A filter behind so many of ours.
    pub const fn new(before: usize, kind: String, at: Position) -> Self {
        Self { before, kind, at }
    }
}

/// What a connection manager says of its clients.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Where it stands.
    pub at: Position,
    /// Whether the client's address is the peer's, or found by trusted hops or extensions: none a client can choose.
    pub knows_clients: bool,
    /// Whether paths are brought into one form before routes and filters see them.
    pub normalises_paths: bool,
}

impl Chain {
    /// A chain of these filters, of which no more is known.
    pub fn of(slots: Vec<Slot>) -> Self {
        Self {
            slots,
            ..Self::default()
        }
    }
}
