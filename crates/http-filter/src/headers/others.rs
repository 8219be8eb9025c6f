/// Of a request whose target has more than one reading.
pub(super) struct Others {
    pub(super) paths: Option<http_fields::Readings>,
    /// In capitals, where it came in others.
    pub(super) method: Option<Vec<u8>>,
}
