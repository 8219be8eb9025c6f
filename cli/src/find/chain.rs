use super::Slot;
use crate::document::Position;

/// Filters that requests pass one after the other.
#[derive(Clone, Debug, Default)]
pub struct Chain {
    /// The filters of ours, in the order in which requests pass them.
    pub slots: Vec<Slot>,
    /// Filters that are not ours, with the number of ours that stand before them.
    pub others: Vec<(usize, String, Position)>,
    /// What the connection manager around them says; `None` where the file doesn't hold it.
    pub connection: Option<Connection>,
    /// The clusters that Envoy knows; `None` where the file doesn't list all of them.
    pub clusters: Option<Vec<String>>,
    /// What makes chains of several manifests one: where they are and what they apply to.
    pub scope: Option<String>,
}

/// What a connection manager says of its clients.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Where it stands.
    pub at: Position,
    /// Whether the client's address is the peer's, or found by trusted hops or extensions: none a client can choose.
    pub knows_clients: bool,
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
