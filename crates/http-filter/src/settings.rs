/// Settings that every filter has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Whether decisions are carried out.
    pub mode: Mode,
    /// Whether routes may override the configuration through their metadata.
    pub per_route: bool,
    /// Who may read what is found out about a request.
    pub publish: Publish,
}

crate::choice! {
    /// Who may read what is found out about a request.
    pub enum Publish, default Everybody {
        /// Filters behind this one, Envoy's own too, and access logs.
        Everybody = "everybody",
        /// The filters of this project behind this one: in edge-suite those of the suite, which costs next to nothing.
        Filters = "filters",
    }
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
