/// When a dependency fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// From before Envoy starts.
    AtStart,
    /// When all had been well.
    InService,
}

impl Phase {
    /// Both.
    pub const ALL: [Self; 2] = [Self::AtStart, Self::InService];

    /// What the report calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::AtStart => "at start",
            Self::InService => "in service",
        }
    }
}
