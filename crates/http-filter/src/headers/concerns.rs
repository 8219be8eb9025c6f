use super::Marks;

/// What of a request may be read in several ways and makes a difference to some conditions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Concerns {
    /// Path and method.
    pub target: bool,
    /// The host.
    pub host: bool,
    /// Header fields of these names.
    pub fields: Marks,
    /// Cookies.
    pub cookies: bool,
    /// Parameters of the query.
    pub query: bool,
}

impl Concerns {
    /// Path and method alone.
    pub const TARGET: Self = Self {
        target: true,
        host: false,
        fields: Marks::NONE,
        cookies: false,
        query: false,
    };

    /// What either concerns.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            target: self.target || other.target,
            host: self.host || other.host,
            fields: self.fields.or(other.fields),
            cookies: self.cookies || other.cookies,
            query: self.query || other.query,
        }
    }
}

impl FromIterator<Concerns> for Concerns {
    fn from_iter<T: IntoIterator<Item = Self>>(several: T) -> Self {
        several.into_iter().fold(Self::default(), Self::or)
    }
}
