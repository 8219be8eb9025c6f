use http_filter::Headers;

/// How far the response has come.
#[derive(Default)]
pub(crate) struct Progress {
    /// How many filters have not seen it yet.
    pub(crate) left: usize,
    /// Those that rewrite its body, in the order in which they do.
    pub(crate) rewriting: Vec<usize>,
    /// The one that holds it, and the headers that it's held with.
    pub(crate) held: Option<(usize, Headers)>,
}
