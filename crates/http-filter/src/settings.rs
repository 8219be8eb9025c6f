use serde::Deserialize;

/// Settings that every filter has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Whether decisions are carried out.
    pub mode: Mode,
    /// Whether routes may override the configuration through their metadata.
    pub per_route: bool,
}

/// Whether decisions are carried out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Decide and act.
    #[default]
    Enforce,
    /// Decide, count and log, but leave the stream as it is. Distrusted headers are still removed.
    Shadow,
}
