use crate::cache_directives::{Argument, Directive, Directives};
use sfv::{
    BareItemFromInput, KeyRef, Parser,
    visitor::{DictionaryVisitor, EntryVisitor, Ignored, InnerListVisitor, ItemVisitor, ParameterVisitor},
};
use std::convert::Infallible;

/// Reads a targeted field (RFC 9213 §2.1), CDN-Cache-Control for example: a Structured Field dictionary, unlike
/// Cache-Control. `None` where the field is empty, no dictionary, or gives a directive a value of the wrong type: then
/// it's as if it weren't there. Parameters say nothing; of members of one name the last counts.
///
/// ```
/// use http_fields::targeted_cache_control;
/// assert_eq!(targeted_cache_control(b"max-age=60;note=1, no-cache=?0").unwrap().max_age, Some(60));
/// assert!(targeted_cache_control(b"max-age=\"60\"").is_none());
/// ```
pub fn targeted_cache_control(line: &[u8]) -> Option<Directives> {
    Parser::new(line)
        .parse_dictionary_with_visitor(Members::default())
        .ok()
        .flatten()
}
#[derive(Default)]
struct Members<'de>(Vec<(&'de str, Value)>);

enum Value {
    Boolean(bool),
    Integer(i64),
    Text(Vec<u8>),
    Other,
}

impl Members<'_> {
    fn directives(self) -> Option<Directives> {
        let mut directives = Directives::default();
        for (name, value) in &self.0 {
            let Some(known) = Directive::find(name.as_bytes()) else {
                continue;
            };
            let argument = match (known, value) {
                (_, Value::Boolean(false)) if !known.takes_seconds() => continue,
                (_, Value::Boolean(true)) if !known.takes_seconds() => Argument::Absent,
                (_, Value::Integer(seconds)) if known.takes_seconds() => Argument::Seconds(*seconds),
                (Directive::NoCache | Directive::Private, Value::Text(text)) => Argument::Text(text),
                _ => return None,
            };
            directives.add(known, &argument);
        }
        (!self.0.is_empty()).then_some(directives)
    }
}

impl<'de> DictionaryVisitor<'de> for Members<'de> {
    type Out = Option<Directives>;
    type Error = Infallible;

    fn entry(&mut self, key: &'de KeyRef) -> Result<impl EntryVisitor<'de>, Infallible> {
        self.0.retain(|(name, _)| *name != key.as_str());
        self.0.push((key.as_str(), Value::Other));
        Ok(Entry(self.0.last_mut().map(|(_, value)| value)))
    }

    fn finish(self) -> Result<Option<Directives>, Infallible> {
        Ok(self.directives())
    }
}

struct Entry<'v>(Option<&'v mut Value>);

impl<'de> EntryVisitor<'de> for Entry<'_> {
    type Error = Infallible;

    fn item(self) -> Result<impl ItemVisitor<'de>, Infallible> {
        Ok(self)
    }

    fn inner_list(self) -> Result<impl InnerListVisitor<'de>, Infallible> {
        Ok(Ignored)
    }
}

impl<'de> ItemVisitor<'de> for Entry<'_> {
    type Out = ();
    type Error = Infallible;

    fn bare_item(
        self,
        item: BareItemFromInput<'de>,
    ) -> Result<impl ParameterVisitor<'de, Out = ()>, Infallible> {
        if let Some(value) = self.0 {
            *value = match item {
                BareItemFromInput::Boolean(flag) => Value::Boolean(flag),
                BareItemFromInput::Integer(number) => Value::Integer(number.into()),
                BareItemFromInput::String(text) => Value::Text(text.as_str().as_bytes().to_vec()),
                _ => Value::Other,
            };
        }
        Ok(Ignored)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cache_directives::{MAX_DELTA, Scope};

    fn read(line: &str) -> Option<Directives> {
        targeted_cache_control(line.as_bytes())
    }

    #[test]
    fn lifetimes() {
        for (name, line, expected) in [
            ("plain", "max-age=60", Some(Some(60))),
            ("zero", "max-age=0", Some(Some(0))),
            ("negative", "max-age=-5", Some(Some(0))),
            ("large", "max-age=99999999999", Some(Some(MAX_DELTA))),
            ("the last counts", "max-age=60, max-age=1", Some(Some(1))),
            ("parameters say nothing", "max-age=60;x=\"y\"", Some(Some(60))),
            ("unknown members", "foo, bar=(1 2), max-age=60", Some(Some(60))),
            ("another directive", "no-store", Some(None)),
            ("wrong type: string", "max-age=\"60\"", None),
            ("wrong type: token", "max-age=a60", None),
            ("wrong type: decimal", "max-age=60.0", None),
            ("wrong type: none", "max-age", None),
            ("wrong type: flag", "no-store=1", None),
            ("right type at last", "max-age=x, max-age=60", Some(Some(60))),
            ("syntax error", "max-age=60, &&&&", None),
            ("upper case is no key", "Max-Age=60", None),
            ("space before =", "max-age =60", None),
            ("empty", "", None),
        ] {
            assert_eq!(
                read(line).map(|directives| directives.max_age),
                expected,
                "{name}: {line}"
            );
        }
    }

    #[test]
    fn flags_and_fields() {
        let read = read("no-store=?0, no-cache=\"a\", private, must-revalidate").unwrap();
        assert!(!read.no_store && read.must_revalidate);
        assert_eq!((read.no_cache, read.private), (Scope::Fields, Scope::Response));
    }
}
