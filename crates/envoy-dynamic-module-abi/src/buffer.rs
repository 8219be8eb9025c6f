use crate::sys::{Buffer, Header};
use std::{ptr, slice};

impl Buffer {
    /// No bytes at all, which to some calls isn't the same as none.
    pub(crate) const NULL: Self = Self {
        start: ptr::null(),
        length: 0,
    };

    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self {
            start: bytes.as_ptr(),
            length: bytes.len(),
        }
    }

    /// The bytes.
    ///
    /// # Safety
    /// Envoy filled this buffer in the hook that is running, and has been asked to change nothing since.
    pub(crate) unsafe fn bytes<'a>(self) -> &'a [u8] {
        if self.length == 0 || self.start.is_null() {
            return &[];
        }
        // SAFETY: the caller vouches for a buffer of Envoy's, which is as long as it says and lives as long as the hook.
        unsafe { slice::from_raw_parts(self.start, self.length) }
    }
}

impl Header {
    pub(crate) const NULL: Self = Self {
        name: Buffer::NULL,
        value: Buffer::NULL,
    };

    pub(crate) fn of(name: &[u8], value: &[u8]) -> Self {
        Self {
            name: Buffer::of(name),
            value: Buffer::of(value),
        }
    }
}

/// A header field: name and value.
pub type Field = (String, Vec<u8>);

/// Copies header fields of Envoy's. A name that isn't UTF-8, which no codec of Envoy's lets through, is left out.
///
/// # Safety
/// As [`Buffer::bytes`], for each of them.
pub(crate) unsafe fn copied(headers: &[Header]) -> Vec<Field> {
    let fields = headers.iter().filter_map(|header| {
        // SAFETY: as the caller says.
        let (name, value) = unsafe { (header.name.bytes(), header.value.bytes()) };
        Some((std::str::from_utf8(name).ok()?.to_owned(), value.to_vec()))
    });
    fields.collect()
}

/// Header fields: all names, all values, and where each ends in the two.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackedFields {
    /// The names.
    pub names: String,
    /// The values.
    pub values: Vec<u8>,
    /// Of each field, where its name and its value end.
    pub ends: Vec<(u32, u32)>,
}

/// Copies header fields of Envoy's in one piece. Where a name isn't ASCII, which no codec of Envoy's lets through, there are none.
///
/// # Safety
/// As [`Buffer::bytes`], for each of them.
pub(crate) unsafe fn packed(headers: &[Header]) -> Option<PackedFields> {
    let sizes = headers.iter().fold((0, 0), |(names, values), header| {
        (names + header.name.length, values + header.value.length)
    });
    let (mut names, mut values) = (Vec::with_capacity(sizes.0), Vec::with_capacity(sizes.1));
    let mut ends = Vec::with_capacity(headers.len());
    for header in headers {
        // SAFETY: as the caller says.
        let (name, value) = unsafe { (header.name.bytes(), header.value.bytes()) };
        names.extend_from_slice(name);
        values.extend_from_slice(value);
        // Envoy has no header map of four gigabytes.
        ends.push((names.len().try_into().ok()?, values.len().try_into().ok()?));
    }
    let names = String::from_utf8(names).ok().filter(|names| names.is_ascii())?;
    Some(PackedFields { names, values, ends })
}

/// The array of `count` elements at `start`, which may be null where there are none.
///
/// # Safety
/// Envoy passed both to the hook that is running.
pub(crate) unsafe fn array<'a, T>(start: *const T, count: usize) -> &'a [T] {
    if count == 0 || start.is_null() {
        return &[];
    }
    // SAFETY: the caller vouches for an array of Envoy's, which lives as long as the hook.
    unsafe { slice::from_raw_parts(start, count) }
}
