use crate::{budget::Budget, step::Step, value::Value};

/// The data section of an MMDB, or its metadata (specification, "Output Data Section"). Pointers count from its beginning.
#[derive(Clone, Copy)]
pub(crate) struct Section<'a>(pub(crate) &'a [u8]);

/// What stands at a place, before pointers are followed.
struct Item {
    kind: u8,
    size: usize,
    /// Where its content begins.
    content: usize,
}

impl<'a> Section<'a> {
    /// The value at the end of `steps`, beginning with the value at `place`.
    pub(crate) fn find<'p>(
        self,
        place: usize,
        steps: impl IntoIterator<Item = Step<'p>>,
        budget: &mut Budget,
    ) -> Option<Value<'a>> {
        let mut value = self.paid(place, budget)?.0;
        for step in steps {
            let next = match (step, value) {
                (Step::Key(name), Value::Map(mut at, pairs)) => {
                    let mut found = None;
                    for _ in 0..pairs {
                        let (key, after) = self.paid(at, budget)?;
                        if key.text()? == name {
                            found = Some(after);
                            break;
                        }
                        at = self.skip(after, 1, budget)?;
                    }
                    found?
                }
                (Step::Index(index), Value::Array(at, length)) if index < length => {
                    self.skip(at, index, budget)?
                }
                _ => return None,
            };
            value = self.paid(next, budget)?.0;
        }
        Some(value)
    }

    /// Whether the value at `place` can be read to its end, whatever its pointers lead to.
    pub(crate) fn is_readable(self, place: usize, budget: &mut Budget) -> bool {
        self.walk(place, budget).is_some()
    }

    fn walk(self, place: usize, budget: &mut Budget) -> Option<()> {
        // Places, and how many values are to be read from each: after a pointer, reading goes on in two places.
        let mut open = vec![(place, 1usize)];
        while let Some((place, left)) = open.pop() {
            let Some(left) = left.checked_sub(1) else { continue };
            let (value, after) = self.paid(place, budget)?;
            let (content, inside) = match value {
                Value::Map(content, pairs) => (content, pairs.checked_mul(2)?),
                Value::Array(content, length) => (content, length),
                _ => (after, 0),
            };
            if content == after {
                open.push((after, left.checked_add(inside)?));
            } else {
                open.push((after, left));
                open.push((content, inside));
            }
            if open.len() > DEPTH {
                return None;
            }
        }
        Some(())
    }

    /// The place behind `count` values.
    fn skip(self, mut place: usize, count: usize, budget: &mut Budget) -> Option<usize> {
        let mut left = count;
        while let Some(rest) = left.checked_sub(1) {
            budget.spend(1)?;
            let item = self.item(place)?;
            let (inside, length) = match item.kind {
                MAP => (item.size.checked_mul(2)?, 0),
                ARRAY => (item.size, 0),
                POINTER | BOOLEAN => (0, 0),
                _ => (0, item.size),
            };
            left = rest.checked_add(inside)?;
            place = item.content.checked_add(length)?;
        }
        Some(place)
    }

    /// As [`value`](Self::value), if the budget has it. A text costs its length, too: all of it is checked.
    fn paid(self, place: usize, budget: &mut Budget) -> Option<(Value<'a>, usize)> {
        budget.spend(1)?;
        let found = self.value(place)?;
        budget.spend(u32::try_from(found.0.text().map_or(0, str::len) / 32).ok()?)?;
        Some(found)
    }

    /// The value at `place`, and the place behind it; behind the head of it where it's a map or an array that stands right here.
    fn value(self, place: usize) -> Option<(Value<'a>, usize)> {
        let item = self.item(place)?;
        if item.kind != POINTER {
            return self.content(&item);
        }
        let target = self.item(item.size)?;
        // A pointer to a pointer is forbidden.
        if target.kind == POINTER {
            return None;
        }
        Some((self.content(&target)?.0, item.content))
    }

    fn content(self, item: &Item) -> Option<(Value<'a>, usize)> {
        match item.kind {
            MAP => return Some((Value::Map(item.content, item.size), item.content)),
            ARRAY => return Some((Value::Array(item.content, item.size), item.content)),
            BOOLEAN => return (item.size <= 1).then_some((Value::Other, item.content)),
            _ => {}
        }
        let end = item.content.checked_add(item.size)?;
        let bytes = self.0.get(item.content..end)?;
        let value = match (item.kind, item.size) {
            (TEXT, _) => Value::Text(std::str::from_utf8(bytes).ok()?),
            (DOUBLE, 8) => Value::Number(f64::from_be_bytes(bytes.try_into().ok()?)),
            (FLOAT, 4) => Value::Number(f32::from_be_bytes(bytes.try_into().ok()?).into()),
            (U16, 0..=2) | (U32, 0..=4) | (U64, 0..=8) => Value::Integer(
                bytes
                    .iter()
                    .fold(0, |number, byte| number << 8 | u64::from(*byte)),
            ),
            (BYTES, _) | (I32, 0..=4) | (U128, 0..=16) => Value::Other,
            _ => return None,
        };
        Some((value, end))
    }

    /// The head of what stands at `place`. A pointer's size is where it leads.
    fn item(self, place: usize) -> Option<Item> {
        let (head, rest) = self.0.get(place..)?.split_first()?;
        let number = |length: usize| {
            let bytes = rest.get(..length)?;
            Some(
                bytes
                    .iter()
                    .fold(0usize, |number, byte| number << 8 | usize::from(*byte)),
            )
        };
        let low = usize::from(head & 0x1f);
        if head >> 5 == POINTER {
            let length = (low >> 3) + 1;
            let high = if length == 4 { 0 } else { (low & 7) << (8 * length) };
            let base = match length {
                2 => 2048,
                3 => 526_336,
                _ => 0,
            };
            return Some(Item {
                kind: POINTER,
                size: (high | number(length)?) + base,
                content: place + 1 + length,
            });
        }
        let (kind, head) = match head >> 5 {
            0 => (rest.first()?.checked_add(7)?, 2),
            kind => (kind, 1),
        };
        let long = |base: usize, length: usize| {
            Some((base + number(head - 1 + length)? % (1 << (8 * length)), length))
        };
        let (size, more) = match low {
            29 => long(29, 1)?,
            30 => long(285, 2)?,
            31 => long(65_821, 3)?,
            size => (size, 0),
        };
        Some(Item {
            kind,
            size,
            content: place + head + more,
        })
    }
}

const POINTER: u8 = 1;
const TEXT: u8 = 2;
const DOUBLE: u8 = 3;
const BYTES: u8 = 4;
const U16: u8 = 5;
const U32: u8 = 6;
const MAP: u8 = 7;
const I32: u8 = 8;
const U64: u8 = 9;
const U128: u8 = 10;
const ARRAY: u8 = 11;
const BOOLEAN: u8 = 14;
const FLOAT: u8 = 15;

/// How many pointers deep a record may be nested.
const DEPTH: usize = 64;
