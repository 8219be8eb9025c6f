use std::net::IpAddr;

/// The search tree of an MMDB: nodes of two records each, of 24, 28 or 32 bits (specification, "Binary Search Tree Section").
pub(crate) struct Tree {
    nodes: usize,
    /// Bytes of a node.
    node_size: usize,
    v6: bool,
    /// Where IPv4 begins: the node, or record, at `::/96`.
    v4_start: usize,
    /// Bytes of data.
    data: usize,
}

impl Tree {
    /// The tree at the front of `bytes`, which data follows to the end.
    pub(crate) fn new(bytes: &[u8], nodes: usize, record_size: u64, v6: bool) -> Option<Self> {
        let node_size = match record_size {
            24 => 6,
            28 => 7,
            32 => 8,
            _ => return None,
        };
        let end = nodes.checked_mul(node_size)?.checked_add(SEPARATOR)?;
        let mut tree = Self {
            nodes,
            node_size,
            v6,
            v4_start: 0,
            data: bytes.len().checked_sub(end)?,
        };
        if v6 {
            for _ in 0..96 {
                tree.v4_start = tree.child(bytes, tree.v4_start, false)?;
            }
        }
        Some(tree)
    }

    /// Where the data begins.
    pub(crate) fn end(&self) -> usize {
        self.nodes * self.node_size + SEPARATOR
    }

    /// Where in the data the record of `address` is.
    pub(crate) fn find(&self, bytes: &[u8], address: IpAddr) -> Option<usize> {
        let (mut node, bits, length) = match address {
            IpAddr::V4(v4) => (self.v4_start, u128::from(v4.to_bits()) << 96, 32),
            IpAddr::V6(v6) if self.v6 => (0, v6.to_bits(), 128),
            IpAddr::V6(_) => return None,
        };
        for bit in 0..length {
            if node >= self.nodes {
                break;
            }
            node = self.child(bytes, node, bits >> (127 - bit) & 1 == 1)?;
        }
        self.record(node)?
    }

    /// The first records in order of their networks, each as often as it has networks; `None` for one that lies outside of the data.
    pub(crate) fn records(&self, bytes: &[u8]) -> impl Iterator<Item = Option<usize>> {
        let mut open = vec![(0, 0u8)];
        let walk = std::iter::from_fn(move || {
            let (node, depth) = open.pop()?;
            if node < self.nodes && depth < 128 {
                for right in [true, false] {
                    open.extend(self.child(bytes, node, right).map(|child| (child, depth + 1)));
                }
            }
            Some(node)
        });
        walk.take(WALKED).filter_map(|node| match self.record(node) {
            Some(found) => found.map(Some),
            None => Some(None),
        })
    }

    /// Where in the data a record points to: `Some(None)` where to nothing, `None` where outside.
    fn record(&self, node: usize) -> Option<Option<usize>> {
        // A node where a record should be: the address has no more bits.
        if node <= self.nodes {
            return Some(None);
        }
        let place = node.checked_sub(self.nodes + SEPARATOR)?;
        (place < self.data).then_some(Some(place))
    }

    /// The left or right record of a node; of what is no node, itself.
    fn child(&self, bytes: &[u8], node: usize, right: bool) -> Option<usize> {
        if node >= self.nodes {
            return Some(node);
        }
        let at = node.checked_mul(self.node_size)?;
        let node = bytes.get(at..at + self.node_size)?;
        let number = |bytes: &[u8]| {
            bytes
                .iter()
                .fold(0usize, |number, byte| number << 8 | usize::from(*byte))
        };
        Some(match (node, right) {
            ([left @ .., _, _, _], false) if self.node_size == 6 => number(left),
            ([_, _, _, right @ ..], true) if self.node_size == 6 => number(right),
            ([left @ .., middle, _, _, _], false) if self.node_size == 7 => {
                usize::from(middle >> 4) << 24 | number(left)
            }
            ([_, _, _, middle, right @ ..], true) if self.node_size == 7 => {
                usize::from(middle & 15) << 24 | number(right)
            }
            ([left @ .., _, _, _, _], false) => number(left),
            ([_, _, _, _, right @ ..], true) => number(right),
            _ => return None,
        })
    }
}

/// Zeros between tree and data.
const SEPARATOR: usize = 16;
/// How many nodes are walked through to see what the first records are like.
const WALKED: usize = 64 * 1024;
