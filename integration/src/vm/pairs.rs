//! Lists of pairs as the ABI serialises them: the number, all lengths, then names and values, each ended by a zero.

use super::fields::Fields;

/// The largest list that Envoy reads; a larger one it takes for an empty one, without an error.
const MAX_PAIRS: usize = 1024;
const MAX_BYTES: usize = 1024 * 1024;

/// Serialises a list.
pub(crate) fn write<'a>(pairs: impl Iterator<Item = (&'a str, &'a [u8])> + Clone) -> Vec<u8> {
    let count = pairs.clone().count();
    if count == 0 {
        return Vec::new();
    }
    let mut bytes = (count as u32).to_le_bytes().to_vec();
    for (name, value) in pairs.clone() {
        bytes.extend((name.len() as u32).to_le_bytes());
        bytes.extend((value.len() as u32).to_le_bytes());
    }
    for (name, value) in pairs {
        bytes.extend(name.as_bytes());
        bytes.push(0);
        bytes.extend(value);
        bytes.push(0);
    }
    bytes
}

/// Reads a list; names are lower-cased, as Envoy's header maps do.
pub(crate) fn read(bytes: &[u8]) -> Fields {
    try_read(bytes).unwrap_or_default()
}

fn try_read(bytes: &[u8]) -> Option<Fields> {
    let number = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize);
    let count = number(0)?;
    if count > MAX_PAIRS || bytes.len() > MAX_BYTES {
        return None;
    }
    let mut at = 4 + 8 * count;
    let mut take = |length: usize| {
        let taken = bytes.get(at..at + length);
        at += length + 1;
        taken.map(<[u8]>::to_vec)
    };
    (0..count)
        .map(|index| {
            let name = take(number(4 + 8 * index)?)?;
            let value = take(number(8 + 8 * index)?)?;
            Some((String::from_utf8(name).ok()?.to_ascii_lowercase(), value))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let many: Fields = (0..1024).map(|n| (format!("n{n}"), vec![0xff])).collect();
        for (name, fields, expected) in [
            ("none", vec![], 0),
            ("one", vec![("a".to_owned(), b"b".to_vec())], 1),
            ("as many as may be", many.clone(), 1024),
            ("too many", [many, vec![("x".to_owned(), vec![])]].concat(), 0),
            ("too long", vec![("a".to_owned(), vec![b'a'; MAX_BYTES])], 0),
        ] {
            let bytes = write(fields.iter().map(|(n, v)| (n.as_str(), v.as_slice())));
            let read = read(&bytes);
            assert_eq!(read.len(), expected, "{name}");
            assert!(expected == 0 || read == fields, "{name}");
        }
        assert!(read(&[9, 0, 0, 0, 1]).is_empty(), "cut short");
    }
}
