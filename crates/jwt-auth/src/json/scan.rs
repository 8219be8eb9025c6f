//! Finds values in a JSON text without building them, in one pass without recursion.
//!
//! What is found is where values stand, not whether they are sound: whoever takes a value parses it strictly. So this
//! serves to refuse early, and to part what is good from what isn't; never to accept.

/// The members of an object, or the items of a list.
pub(crate) struct Items<'a> {
    rest: &'a [u8],
    close: u8,
    is_first: bool,
}

/// A member of an object, or an item of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Item<'a> {
    /// The name, as it's written between its quotes; empty in a list.
    pub(crate) name: &'a [u8],
    /// The value, as it's written.
    pub(crate) value: &'a [u8],
}

/// The text has no such structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken;

/// The members of the object that `text` is.
pub(crate) fn members(text: &[u8]) -> Result<Items<'_>, Broken> {
    Items::of(text, b'{', b'}')
}

/// The items of the list that `text` is.
pub(crate) fn items(text: &[u8]) -> Result<Items<'_>, Broken> {
    Items::of(text, b'[', b']')
}

impl<'a> Items<'a> {
    fn of(text: &'a [u8], open: u8, close: u8) -> Result<Self, Broken> {
        let rest = text.trim_ascii_start().strip_prefix(&[open]).ok_or(Broken)?;
        Ok(Self {
            rest,
            close,
            is_first: true,
        })
    }

    /// The next one; `None` at the end, where nothing may follow.
    pub(crate) fn next(&mut self) -> Result<Option<Item<'a>>, Broken> {
        let rest = self.rest.trim_ascii_start();
        if let Some(behind) = rest.strip_prefix(&[self.close]) {
            return if behind.trim_ascii().is_empty() {
                Ok(None)
            } else {
                Err(Broken)
            };
        }
        let mut rest = if self.is_first {
            rest
        } else {
            rest.strip_prefix(b",").ok_or(Broken)?
        };
        self.is_first = false;
        let mut name: &[u8] = &[];
        if self.close == b'}' {
            let (text, behind) = value(rest.trim_ascii_start())?;
            name = text
                .strip_prefix(b"\"")
                .and_then(|text| text.strip_suffix(b"\""))
                .ok_or(Broken)?;
            rest = behind.trim_ascii_start().strip_prefix(b":").ok_or(Broken)?;
        }
        let (value, behind) = value(rest.trim_ascii_start())?;
        self.rest = behind;
        Ok(Some(Item { name, value }))
    }
}

/// The value at the beginning of `text`, and what follows it.
fn value(text: &[u8]) -> Result<(&[u8], &[u8]), Broken> {
    let end = match text.first() {
        Some(b'"') => string_end(text).ok_or(Broken)?,
        Some(b'{' | b'[') => nested_end(text).ok_or(Broken)?,
        _ => text
            .iter()
            .position(|byte| matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace())
            .unwrap_or(text.len()),
    };
    match text.split_at_checked(end) {
        Some((value, behind)) if !value.is_empty() => Ok((value, behind)),
        _ => Err(Broken),
    }
}

/// Where the string ends that `text` begins with.
fn string_end(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        let next = at + memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        match text.get(next) {
            Some(b'"') => return Some(next + 1),
            _ => at = next + 2,
        }
    }
}

/// Where the object or list ends that `text` begins with.
fn nested_end(text: &[u8]) -> Option<usize> {
    let (mut at, mut depth) = (0, 0usize);
    loop {
        let rest = text.get(at..)?;
        at += rest
            .iter()
            .position(|byte| matches!(byte, b'"' | b'[' | b']' | b'{' | b'}'))?;
        match text.get(at)? {
            b'"' => at += string_end(text.get(at..)?)?,
            b'[' | b'{' => {
                depth += 1;
                at += 1;
            }
            _ => {
                depth -= 1;
                at += 1;
                if depth == 0 {
                    return Some(at);
                }
            }
        }
    }
}

/// The text of a string as it's written, quotes and all; `None` for any other value.
pub(crate) fn text(value: &[u8]) -> Option<String> {
    value
        .starts_with(b"\"")
        .then(|| serde_json::from_slice(value).ok())?
}

/// Whether a member's name is `name`, however it's written.
pub(crate) fn is_named(item: &Item<'_>, name: &str) -> bool {
    if !item.name.contains(&b'\\') {
        return item.name == name.as_bytes();
    }
    // An escape takes six bytes at most for one of the name's.
    item.name.len() <= name.len() * 6
        && text(&[b"\"", item.name, b"\""].concat()).is_some_and(|written| written == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    fn all<'a>(mut items: Items<'a>) -> Result<Vec<(&'a str, &'a str)>, Broken> {
        let mut found = Vec::new();
        while let Some(item) = items.next()? {
            let text = |bytes: &'a [u8]| std::str::from_utf8(bytes).unwrap();
            found.push((text(item.name), text(item.value)));
        }
        Ok(found)
    }

    #[test]
    fn values_are_found_where_they_stand() {
        for (name, text, expected) in [
            ("none", "{}", Ok(vec![])),
            ("space around", " { \"a\" : 1 } ", Ok(vec![("a", "1")])),
            (
                "nested",
                r#"{"a":{"b":["]","}"]},"c":"\"}"}"#,
                Ok(vec![("a", r#"{"b":["]","}"]}"#), ("c", r#""\"}""#)]),
            ),
            ("twice", r#"{"a":1,"a":2}"#, Ok(vec![("a", "1"), ("a", "2")])),
            ("no comma", r#"{"a":1 "b":2}"#, Err(Broken)),
            ("a comma behind", r#"{"a":1,}"#, Err(Broken)),
            ("no colon", r#"{"a" 1}"#, Err(Broken)),
            ("no name", "{1:2}", Err(Broken)),
            ("no value", r#"{"a":}"#, Err(Broken)),
            ("cut off", r#"{"a":[1"#, Err(Broken)),
            ("cut off in a string", r#"{"a":"1\"#, Err(Broken)),
            ("more behind", "{}{}", Err(Broken)),
            ("a list", "[]", Err(Broken)),
            ("nothing", "", Err(Broken)),
        ] {
            assert_eq!(members(text.as_bytes()).and_then(all), expected, "{name}");
        }
        assert_eq!(
            items(b"[1, {\"a\": 2} ,[3]]").and_then(all),
            Ok(vec![("", "1"), ("", r#"{"a": 2}"#), ("", "[3]")])
        );
    }

    #[test]
    fn names_are_compared_as_they_are_meant() {
        for (name, written, expected) in [
            ("plain", "iss", true),
            ("another", "sub", false),
            ("escaped", "\\u0069\\u0073\\u0073", true),
            ("escaped partly", "is\\u0073", true),
            ("an escape that is none", "\\ss", false),
            ("too long", "\\u0069\\u0073\\u0073\\u0073", false),
        ] {
            let item = Item {
                name: written.as_bytes(),
                value: b"",
            };
            assert_eq!(is_named(&item, "iss"), expected, "{name}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_a_parser_on_whatever_it_takes(text in r#"[\[\]{},:"\\a0 ]{0,24}"#) {
            if let Ok(Value::Object(parsed)) = serde_json::from_str(&text) {
                let mut scanned = members(text.as_bytes()).unwrap();
                let mut last = serde_json::Map::new();
                while let Some(item) = scanned.next().unwrap() {
                    let name = [b"\"", item.name, b"\""].concat();
                    last.insert(serde_json::from_slice(&name).unwrap(), serde_json::from_slice(item.value).unwrap());
                }
                prop_assert_eq!(last, parsed);
            }
        }

        #[test]
        fn ends_on_any_bytes(text in prop::collection::vec(any::<u8>(), 0..64)) {
            if let Ok(mut scanned) = members(&text) {
                while let Ok(Some(_)) = scanned.next() {}
            }
        }
    }
}
