//! Rate limits, exact and bounded.
