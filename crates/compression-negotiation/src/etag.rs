//! Entity tags (RFC 9110 §8.8.3) that tell one coding from another.

use crate::Coding;
use http_filter::choice;

choice! {
    /// How an encoded representation's ETag is kept apart from the plain one's (RFC 9110 §8.8.3.3).
    pub enum EtagPolicy, default Weaken {
        /// `"x"` becomes `W/"x"`, and back in If-Match; If-None-Match goes upstream in both forms.
        Weaken = "weaken",
        /// `"x"` becomes `"x-gzip"`, and back in If-None-Match and If-Match.
        Suffix = "suffix",
        /// It is left as it comes: right where the upstream tells its codings apart itself.
        Keep = "keep",
    }
}

/// One entity tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Etag<'a> {
    /// Whether it begins with `W/`.
    pub weak: bool,
    /// What stands between the quotes.
    pub opaque: &'a [u8],
}

impl<'a> Etag<'a> {
    /// Parses a field value that is one entity tag.
    pub fn parse(value: &'a [u8]) -> Option<Self> {
        match take(value.trim_ascii())? {
            (tag, []) => Some(tag),
            _ => None,
        }
    }

    /// Parses the list of an If-None-Match or If-Match field, `*` aside; `None` where it is no list of entity tags, or
    /// one of more than 64.
    pub fn parse_list(value: &'a [u8]) -> Option<Vec<Self>> {
        let mut tags = Vec::new();
        let mut rest = value.trim_ascii();
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix(b",") {
                rest = after.trim_ascii_start();
                continue;
            }
            let (tag, after) = take(rest)?;
            let after = after.trim_ascii_start();
            if tags.len() == MAX_TAGS || !(after.is_empty() || after.starts_with(b",")) {
                return None;
            }
            tags.push(tag);
            rest = after;
        }
        (!tags.is_empty()).then_some(tags)
    }

    /// The tag as a field value.
    pub fn to_value(self) -> Vec<u8> {
        let mut value = Vec::with_capacity(self.opaque.len() + 4);
        self.write(b"", &mut value);
        value
    }

    fn write(self, suffix: &[u8], value: &mut Vec<u8>) {
        value.extend_from_slice(if self.weak { b"W/\"" } else { b"\"" });
        value.extend_from_slice(self.opaque);
        value.extend_from_slice(suffix);
        value.push(b'"');
    }

    /// This tag without the suffix of one of `codings`.
    fn without_suffix(self, codings: &[Coding]) -> Option<Self> {
        codings.iter().find_map(|coding| {
            let opaque = self
                .opaque
                .strip_suffix(coding.name().as_bytes())?
                .strip_suffix(b"-")?;
            Some(Self { opaque, ..self })
        })
    }
}

impl EtagPolicy {
    /// The ETag of the representation encoded as `coding`, from the plain one's; `None` where nothing changes.
    pub fn encoded(self, etag: &[u8], coding: Coding) -> Option<Vec<u8>> {
        // What isn't an entity tag can't be told apart by us; nobody can compare it either.
        let tag = Etag::parse(etag)?;
        match self {
            Self::Weaken if !tag.weak => Some(Etag { weak: true, ..tag }.to_value()),
            Self::Suffix => {
                // One tag for all dictionaries must not claim that their bytes are the same.
                let weak = tag.weak || coding == Coding::Dcz;
                let tag = Etag { weak, ..tag };
                let mut value = Vec::with_capacity(etag.len() + 8);
                tag.write(&[b"-", coding.name().as_bytes()].concat(), &mut value);
                Some(value)
            }
            _ => None,
        }
    }

    /// If-None-Match as the upstream must see it to compare with the tags it gave out itself; `None` where nothing
    /// changes. It compares weakly (RFC 9110 §13.1.2), but not every upstream does: a weak tag goes in both forms.
    pub fn if_none_match(self, value: &[u8], ours: &[Coding]) -> Option<Vec<u8>> {
        let tags = Etag::parse_list(value).filter(|_| self != Self::Keep)?;
        let mut sent = Vec::with_capacity(value.len() * 2);
        let mut changed = false;
        for tag in tags {
            let own = match self {
                Self::Suffix => tag.without_suffix(ours),
                _ => None,
            };
            let tag = own.unwrap_or(tag);
            changed |= own.is_some() || tag.weak;
            push(tag, &mut sent);
            if tag.weak {
                push(Etag { weak: false, ..tag }, &mut sent);
            }
        }
        changed.then_some(sent)
    }

    /// If-Match as the upstream must see it. It compares strongly (§13.1.1), so a tag that this filter weakened would
    /// never match again; made strong it matches what was weakened, and not what was weak in the first place.
    pub fn if_match(self, value: &[u8], ours: &[Coding]) -> Option<Vec<u8>> {
        let tags = Etag::parse_list(value).filter(|_| self != Self::Keep)?;
        let mut sent = Vec::with_capacity(value.len());
        let mut changed = false;
        for tag in tags {
            let own = match self {
                Self::Suffix => tag.without_suffix(ours),
                _ => None,
            };
            changed |= own.is_some() || tag.weak;
            push(
                Etag {
                    weak: false,
                    ..own.unwrap_or(tag)
                },
                &mut sent,
            );
        }
        changed.then_some(sent)
    }

    /// Whether an If-Range value was given out by this filter for an encoded representation. Its bytes are not those
    /// that a range is cut from, so the range must not be answered (§13.1.5).
    pub fn if_range_is_encoded(self, value: &[u8], offered: &[Coding]) -> bool {
        Etag::parse(value).is_some_and(|tag| match self {
            Self::Keep => false,
            Self::Weaken => tag.weak,
            Self::Suffix => tag.weak || tag.without_suffix(offered).is_some(),
        })
    }

    /// The ETag for a 304: as the client knows it. `etag` is the upstream's, `if_none_match` what the client sent;
    /// `None` where nothing changes.
    pub fn not_modified(self, etag: &[u8], if_none_match: &[u8], ours: &[Coding]) -> Option<Vec<u8>> {
        let known = Etag::parse_list(if_none_match)?;
        if self == Self::Weaken && Etag::parse(etag).is_some_and(|tag| known.contains(&tag)) {
            return None;
        }
        // Upstreams compare weakly: what the client has is the same tag, though one of the two may be weak.
        ours.iter().find_map(|coding| {
            let encoded = self.encoded(etag, *coding)?;
            let tag = Etag::parse(&encoded)?;
            let known = known.iter().filter(|known| known.opaque == tag.opaque);
            let mut value = Vec::with_capacity(encoded.len() + 2);
            known.max_by_key(|known| **known == tag)?.write(b"", &mut value);
            Some(value)
        })
    }
}

fn push(tag: Etag<'_>, list: &mut Vec<u8>) {
    if !list.is_empty() {
        list.extend_from_slice(b", ");
    }
    tag.write(b"", list);
}

/// Takes an entity tag off the front: `W/` in upper case only, and no escapes within the quotes (§8.8.3).
fn take(text: &[u8]) -> Option<(Etag<'_>, &[u8])> {
    let (weak, rest) = match text.strip_prefix(b"W/") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let rest = rest.strip_prefix(b"\"")?;
    let end = rest.iter().position(|byte| *byte == b'"')?;
    let (opaque, rest) = rest.split_at_checked(end)?;
    let is_etagc = |byte: &u8| *byte > b' ' && *byte != 0x7f;
    opaque
        .iter()
        .all(is_etagc)
        .then_some((Etag { weak, opaque }, rest.get(1..)?))
}

const MAX_TAGS: usize = 64;

#[cfg(test)]
mod tests;
