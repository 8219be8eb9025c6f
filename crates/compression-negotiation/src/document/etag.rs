//! Entity tags (RFC 9110 §8.8.3) that tell one coding from another.

use crate::Coding;
use http_fields::EntityTag;
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

impl EtagPolicy {
    /// The ETag of the representation encoded as `coding`, from the plain one's; `None` where nothing changes.
    pub fn encoded(self, etag: &[u8], coding: Coding) -> Option<Vec<u8>> {
        // What isn't an entity tag can't be told apart by us; nobody can compare it either.
        let tag = EntityTag::parse(etag)?;
        match self {
            Self::Weaken if !tag.weak => Some(EntityTag { weak: true, ..tag }.to_bytes()),
            Self::Suffix => {
                // One tag for all dictionaries must not claim that their bytes are the same.
                let weak = tag.weak || coding == Coding::Dcz;
                let tag = EntityTag { weak, ..tag };
                let mut value = Vec::with_capacity(etag.len() + 8);
                tag.write(&[b"-", coding.name().as_bytes()].concat(), &mut value);
                Some(value)
            }
            _ => None,
        }
    }

    /// If-None-Match as the upstream must see it to compare with the tags it gave out itself; `None` where nothing
    /// changes. It compares weakly (RFC 9110 §13.1.2), but not every upstream does: a weak tag goes in both forms. So does one
    /// that ends like a suffix: it may be the upstream's own.
    pub fn if_none_match(self, value: &[u8], ours: &[Coding]) -> Option<Vec<u8>> {
        let tags = EntityTag::parse_list(value).filter(|_| self != Self::Keep)?;
        self.translated(&tags, ours, |tag, sent| {
            push(tag, sent);
            if tag.weak {
                push(EntityTag { weak: false, ..tag }, sent);
            }
        })
    }

    /// If-Match as the upstream must see it. It compares strongly (§13.1.1), so a tag that this filter weakened would
    /// never match again; made strong it matches what was weakened, and not what was weak in the first place.
    pub fn if_match(self, value: &[u8], ours: &[Coding]) -> Option<Vec<u8>> {
        let tags = EntityTag::parse_list(value).filter(|_| self != Self::Keep)?;
        self.translated(&tags, ours, |tag, sent| {
            push(EntityTag { weak: false, ..tag }, sent)
        })
    }

    /// The tags without what this policy added to them, as `write` writes them; `None` where that changes nothing.
    fn translated(
        self,
        tags: &[EntityTag<'_>],
        ours: &[Coding],
        write: impl Fn(EntityTag<'_>, &mut Vec<u8>),
    ) -> Option<Vec<u8>> {
        let mut sent = Vec::new();
        let mut changed = false;
        for tag in tags {
            let own = match self {
                Self::Suffix => without_suffix(*tag, ours),
                Self::Weaken | Self::Keep => None,
            };
            changed |= own.is_some() || tag.weak;
            if let Some(own) = own {
                write(own, &mut sent);
            }
            write(*tag, &mut sent);
        }
        changed.then_some(sent)
    }

    /// Whether an If-Range value was given out by this filter for an encoded representation. Its bytes are not those
    /// that a range is cut from, so the range must not be answered (§13.1.5).
    pub fn if_range_is_encoded(self, value: &[u8], offered: &[Coding]) -> bool {
        EntityTag::parse(value).is_some_and(|tag| match self {
            Self::Keep => false,
            Self::Weaken => tag.weak,
            Self::Suffix => tag.weak || without_suffix(tag, offered).is_some(),
        })
    }

    /// The ETag for a 304: as the client knows it. `etag` is the upstream's, `if_none_match` what the client sent;
    /// `None` where nothing changes.
    pub fn not_modified(self, etag: &[u8], if_none_match: &[u8], ours: &[Coding]) -> Option<Vec<u8>> {
        let known = EntityTag::parse_list(if_none_match)?;
        if self == Self::Weaken && EntityTag::parse(etag).is_some_and(|tag| known.contains(&tag)) {
            return None;
        }
        // Upstreams compare weakly: what the client has is the same tag, though one of the two may be weak.
        ours.iter().find_map(|coding| {
            let encoded = self.encoded(etag, *coding)?;
            let tag = EntityTag::parse(&encoded)?;
            let known = known.iter().filter(|known| known.opaque == tag.opaque);
            let mut value = Vec::with_capacity(encoded.len() + 2);
            known.max_by_key(|known| **known == tag)?.write(b"", &mut value);
            Some(value)
        })
    }
}

/// The tag without the suffix of one of `codings`.
fn without_suffix<'a>(tag: EntityTag<'a>, codings: &[Coding]) -> Option<EntityTag<'a>> {
    codings.iter().find_map(|coding| {
        let opaque = tag.opaque.strip_suffix(coding.name().as_bytes())?;
        Some(EntityTag {
            opaque: opaque.strip_suffix(b"-")?,
            ..tag
        })
    })
}

fn push(tag: EntityTag<'_>, list: &mut Vec<u8>) {
    if !list.is_empty() {
        list.extend_from_slice(b", ");
    }
    tag.write(b"", list);
}

#[cfg(test)]
mod tests;
