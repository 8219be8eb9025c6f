use crate::header_mutation::HeaderMutation;
use std::{borrow::Cow, cell::OnceCell, fmt, rc::Rc};

mod alias;
mod carry_out;
mod choices;
mod concerns;
mod fields;
mod index;
mod lines;
mod message;
mod others;
mod reading;
#[cfg(test)]
mod tests;

pub use choices::Choices;
pub use concerns::Concerns;
use fields::Fields;
use index::Mark;
pub use index::Marks;
pub use lines::Lines;
pub use reading::{Reading, Readings};

/// The header fields of a request or a response, as they were when the phase began, and as filters have edited them since.
///
/// Names are lower case and pseudo-headers (`:path`, `:status`) come first, as HTTP/2 and Envoy have them. Values are
/// bytes: a client may send any (RFC 9110 §5.5), and nothing here assumes UTF-8.
///
/// Copies share the fields that came; edits lie over them.
#[derive(Default)]
pub struct Headers {
    fields: OnceCell<Rc<Fields>>,
    /// Where the fields come from that nobody has looked at yet.
    source: Option<Box<Source>>,
    edits: HeaderMutation,
    /// The marks of the names that edits are of.
    edited: Marks,
    end_of_stream: bool,
    /// How upstreams may read the request; nothing where there is one way.
    readings: OnceCell<Option<Rc<others::Others>>>,
}

type Source = dyn Fn() -> Vec<(String, Vec<u8>)>;

impl Headers {
    /// A snapshot of `fields`, in order, with repeated lines kept apart.
    pub fn new(fields: Vec<(String, Vec<u8>)>) -> Self {
        Self {
            fields: OnceCell::from(Rc::new(Fields::apart(fields))),
            ..Self::default()
        }
    }

    /// A snapshot of fields whose names, in order, are one text, and their values another: `ends` says where each ends in the
    /// two.
    pub fn packed(names: String, values: Vec<u8>, ends: Vec<(u32, u32)>) -> Self {
        Self {
            fields: OnceCell::from(Rc::new(Fields::packed(names, values, ends))),
            ..Self::default()
        }
    }

    /// A snapshot that `source` takes when somebody looks at it: a host charges for every one, and many a phase does
    /// without. A copy looks.
    pub fn lazy(source: impl Fn() -> Vec<(String, Vec<u8>)> + 'static) -> Self {
        Self {
            source: Some(Box::new(source)),
            ..Self::default()
        }
    }

    fn fields(&self) -> &Rc<Fields> {
        let taken = || self.source.as_ref().map(|source| source()).unwrap_or_default();
        self.fields.get_or_init(|| Rc::new(Fields::apart(taken())))
    }

    /// Takes the snapshot now, if it isn't yet: the host shows these fields in their own phase only.
    pub fn read(&self) {
        self.fields();
    }

    /// The same snapshot of a message that has neither body nor trailers.
    #[must_use]
    pub fn with_end_of_stream(mut self, end_of_stream: bool) -> Self {
        self.end_of_stream = end_of_stream;
        self
    }

    /// Whether the message ends here: no body and no trailers follow.
    pub fn end_of_stream(&self) -> bool {
        self.end_of_stream
    }

    /// Every line of the field `name` (lower case), in order.
    pub fn all<'a, 'n>(&'a self, name: &'n str) -> Lines<'a, 'n> {
        let mark = Mark::of(name);
        let edits = if self.edited.has(mark) {
            self.edits.edits()
        } else {
            &[]
        };
        Lines::new(name, mark, self.fields(), edits)
    }

    /// The only line of the field `name`, or `None` where there is none.
    ///
    /// # Errors
    /// [`Repeated`] when the field occurs more than once: for a single-value field that decides about security, the
    /// first line is not the answer (RFC 9110 §5.3).
    pub fn single(&self, name: &str) -> Result<Option<&[u8]>, Repeated> {
        let mut lines = self.all(name);
        let first = lines.next();
        if lines.next().is_some() {
            Err(Repeated)
        } else {
            Ok(first)
        }
    }

    /// The first line of the field `name`. Right for pseudo-headers; for other fields prefer [`Headers::single`],
    /// [`Headers::all`] or [`Headers::combined`].
    pub fn first(&self, name: &str) -> Option<&[u8]> {
        let mark = Mark::of(name);
        if self.edited.has(mark) {
            return self.all(name).next();
        }
        let (_, value) = self.fields().find(name, mark, 0)?;
        Some(value)
    }

    /// All lines of a list-based field as one, joined by `", "` (RFC 9110 §5.2).
    pub fn combined(&self, name: &str) -> Option<Cow<'_, [u8]>> {
        // Most fields that are asked for aren't there.
        let first = self.first(name)?;
        let mut lines = self.all(name).skip(1);
        let Some(second) = lines.next() else {
            return Some(Cow::Borrowed(first));
        };
        let mut joined = first.to_vec();
        for line in std::iter::once(second).chain(lines) {
            joined.extend_from_slice(b", ");
            joined.extend_from_slice(line);
        }
        Some(Cow::Owned(joined))
    }

    /// Whether the field `name` occurs.
    pub fn contains(&self, name: &str) -> bool {
        self.first(name).is_some()
    }

    /// All fields in order, as name and value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.named(&|_| true)
    }

    /// The fields in order whose names `is_wanted` takes.
    pub fn named<'a>(
        &'a self,
        is_wanted: &'a dyn Fn(&str) -> bool,
    ) -> impl Iterator<Item = (&'a str, &'a [u8])> {
        let fields = self.fields();
        let (edits, edited) = (self.edits.edits(), self.edited);
        // What few messages have is looked for first, by names alone.
        let lines = fields.any_named(is_wanted).then(|| fields.iter().enumerate());
        // A field that's set stands where its first line stood.
        let kept = lines
            .into_iter()
            .flatten()
            .filter_map(move |(place, (name, value))| {
                if !is_wanted(name) {
                    return None;
                }
                let mark = Mark::of(name);
                let replaced = || edits.iter().rfind(|edit| edit.replaces(name));
                let value = match edited.has(mark).then(replaced).flatten() {
                    None => value,
                    Some(edit)
                        if fields
                            .find(name, mark, 0)
                            .is_some_and(|(first, _)| first == place) =>
                    {
                        edit.value()?
                    }
                    Some(_) => return None,
                };
                Some((name, value))
            });
        let added = edits.iter().enumerate().filter_map(move |(place, edit)| {
            let name = Some(edit.name()).filter(|name| is_wanted(name))?;
            let replaced = edits.iter().skip(place + 1).any(|later| later.replaces(name));
            let in_place = edit.replaces(name) && fields.find(name, Mark::of(name), 0).is_some();
            let value = edit.value().filter(|_| !(replaced || in_place))?;
            Some((name, value))
        });
        kept.chain(added)
    }

    /// The number of field lines.
    pub fn len(&self) -> usize {
        self.iter().count()
    }

    /// Whether there is no field at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// These headers after `mutation`: what the next one in the chain sees.
    #[must_use]
    pub fn mutated(&self, mutation: &HeaderMutation) -> Self {
        let mut mutated = self.clone();
        mutated.mutate(mutation.clone());
        mutated
    }

    /// Carries out `mutation`.
    pub fn mutate(&mut self, mutation: HeaderMutation) {
        for edit in mutation.edits() {
            self.edited.add(Mark::of(edit.name()));
            if edit.name().starts_with(':') {
                self.readings.take();
            }
        }
        self.edits.extend(mutation);
    }

    /// The same headers as if they had come as they are now.
    #[must_use]
    pub fn settled(&self) -> Self {
        let fields = self.iter().map(|(name, value)| (name.to_owned(), value.to_vec()));
        Self::new(fields.collect()).with_end_of_stream(self.end_of_stream)
    }

    /// All that was carried out on the fields that came.
    pub fn mutation(&self) -> &HeaderMutation {
        &self.edits
    }

    /// All that was carried out on the fields that came.
    pub fn into_mutation(self) -> HeaderMutation {
        self.edits
    }
}

impl Clone for Headers {
    fn clone(&self) -> Self {
        Self {
            fields: OnceCell::from(Rc::clone(self.fields())),
            source: None,
            edits: self.edits.clone(),
            edited: self.edited,
            end_of_stream: self.end_of_stream,
            readings: self.readings.clone(),
        }
    }
}

impl PartialEq for Headers {
    fn eq(&self, other: &Self) -> bool {
        self.end_of_stream == other.end_of_stream && self.iter().eq(other.iter())
    }
}

impl Eq for Headers {}

impl fmt::Debug for Headers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<N: Into<String>, V: Into<Vec<u8>>> FromIterator<(N, V)> for Headers {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(fields: I) -> Self {
        Self::new(
            fields
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

/// A field that may occur once occurred more often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the field occurs more than once")]
pub struct Repeated;
