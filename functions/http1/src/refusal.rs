/// Why the connection can't go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    Malformed,
    HeadTooLarge,
    ContentTooLarge,
    UnknownTransferCoding,
}

/// The head up to and with its empty line; chunk headers add to the body's own bytes.
pub(crate) const MAX_HEAD: usize = 32 * 1024;
