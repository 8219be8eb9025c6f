use std::rc::Rc;

/// The bytes of a document, with a mark behind them that says whose they are.
///
/// The mark stands behind the bytes, so that nothing is copied to put it there: the memory of a module never shrinks, and
/// a document may be the most of it.
#[derive(Clone)]
pub struct Body {
    marked: Rc<Vec<u8>>,
    length: usize,
}

impl Body {
    /// `bytes`, marked.
    pub(crate) fn marked(mut bytes: Vec<u8>, mark: &[u8]) -> Self {
        let length = bytes.len();
        bytes.extend_from_slice(mark);
        Self {
            marked: Rc::new(bytes),
            length,
        }
    }

    /// What [`with_mark`](Self::with_mark) gave, if it bears this mark.
    pub(crate) fn read(stored: Vec<u8>, mark: &[u8]) -> Option<Self> {
        let length = stored.strip_suffix(mark)?.len();
        Some(Self {
            marked: Rc::new(stored),
            length,
        })
    }

    /// The bytes and the mark.
    pub(crate) fn with_mark(&self) -> &[u8] {
        &self.marked
    }

    /// The document.
    pub fn bytes(&self) -> &[u8] {
        self.marked.get(..self.length).unwrap_or_default()
    }

    /// The document as memory to share: it is the first so many bytes.
    pub fn shared(&self) -> (Rc<Vec<u8>>, usize) {
        (Rc::clone(&self.marked), self.length)
    }
}
