use super::Finding;

/// Filters' findings, with the number of the file.
pub(crate) type Placed = Vec<(usize, Finding)>;
