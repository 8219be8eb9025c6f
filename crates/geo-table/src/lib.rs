//! Builds compact country tables.
