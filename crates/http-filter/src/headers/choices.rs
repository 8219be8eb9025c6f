/// What the readings of a request come to: each once, that of the request as it stands first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices<T> {
    /// Of the request as it stands.
    pub first: T,
    /// What other readings come to.
    pub others: Vec<T>,
    /// Whether these are all: a path that is long, or escaped too often, may be read as any other.
    pub complete: bool,
}

impl<T> Choices<T> {
    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// What all readings come to, where they agree.
    pub fn agreed(self) -> Option<T> {
        (self.complete && self.others.is_empty()).then_some(self.first)
    }
}
