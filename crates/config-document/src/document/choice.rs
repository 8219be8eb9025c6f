use super::{Node, Read, Refused};

/// An enum of words, as [`choice!`](crate::choice!) declares it.
pub trait Choice: Copy + 'static {
    /// The words.
    const WORDS: &'static [&'static str];

    /// What they stand for.
    const VARIANTS: &'static [Self];

    /// Reads one of the first `count` words.
    ///
    /// # Errors
    /// [`Refused`] where it is none of them.
    fn read_first(node: &Node<'_>, count: usize) -> Result<Self, Refused> {
        let words = Self::WORDS.get(..count).unwrap_or(Self::WORDS);
        let index = node.choose(words)?;
        Self::VARIANTS
            .get(index)
            .copied()
            .ok_or_else(|| node.refuse("another word"))
    }
}

/// One of the first `COUNT` words of a choice; the others are for other places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct First<T, const COUNT: usize>(pub T);

impl<T: Choice, const COUNT: usize> Read for First<T, COUNT> {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        T::read_first(node, COUNT).map(Self)
    }
}

crate::describe! {
    impl<T: Choice, const COUNT: usize> crate::document::Describe for First<T, COUNT> {
        fn describe(_: &mut crate::document::Schemas) -> serde_json::Value {
            let words = T::WORDS.get(..COUNT).unwrap_or(T::WORDS);
            serde_json::json!({"type": "string", "enum": words})
        }
    }
}
