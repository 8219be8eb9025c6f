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
}

impl Concerns {
    /// Path and method alone.
    pub const TARGET: Self = Self {
        target: true,
        host: false,
        fields: Marks::NONE,
    };

    /// What either concerns.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            target: self.target || other.target,
            host: self.host || other.host,
            fields: self.fields.or(other.fields),
        }
    }
}

impl FromIterator<Concerns> for Concerns {
    fn from_iter<T: IntoIterator<Item = Self>>(several: T) -> Self {
        several.into_iter().fold(Self::default(), Self::or)
    }
}
