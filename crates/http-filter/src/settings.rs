/// Settings that every filter has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Whether decisions are carried out.
    pub mode: Mode,
    /// Whether routes may override the configuration through their metadata.
    pub per_route: bool,
}

crate::choice! {
    /// Whether decisions are carried out.
    pub enum Mode, default Enforce {
        /// Decide and act.
        Enforce = "enforce",
        /// Decide, count and log, but leave the stream as it is. Distrusted headers are still removed.
        Shadow = "shadow",
    }
}
