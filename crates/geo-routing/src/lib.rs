//! From an address to the right region.
