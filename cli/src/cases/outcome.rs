use http_filter_replay::Difference;

/// What came of a case.
pub struct Outcome {
    /// The case.
    pub name: String,
    /// The file.
    pub file: String,
    /// The line of the case.
    pub line: usize,
    /// In what it differs.
    pub differences: Vec<Difference>,
}

impl Outcome {
    /// Whether all is as expected.
    pub fn is_good(&self) -> bool {
        self.differences.is_empty()
    }
}
