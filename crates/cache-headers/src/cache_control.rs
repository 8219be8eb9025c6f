use crate::directives::{Argument, Directives};
use http_fields::list;
use http_filter::Headers;

/// A Cache-Control field as it stands: every directive of every line, in order, those that nobody knows included
/// (RFC 9111 §5.2). What it means is in its [`Directives`].
///
/// Reading is as lenient as caches are: names in any case, arguments as tokens or quoted strings, empty members
/// skipped, commas inside quotes kept. White space around `=` makes it another, unknown directive, as the grammar says.
///
/// ```
/// use cache_headers::CacheControl;
/// let field = CacheControl::parse([&b"Max-Age=60, community=\"a, b\""[..], b"NO-CACHE"]);
/// assert_eq!(field.directives().max_age, Some(60));
/// assert_eq!(field.to_bytes(), b"Max-Age=60, community=\"a, b\", NO-CACHE");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CacheControl<'a> {
    members: Vec<Member<'a>>,
}

/// One directive as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// The name, in the case it came in.
    pub name: &'a [u8],
    /// The argument, quotes included.
    pub argument: Option<&'a [u8]>,
}

impl<'a> CacheControl<'a> {
    /// Reads the lines of the field.
    pub fn parse(lines: impl IntoIterator<Item = &'a [u8]>) -> Self {
        Self {
            members: lines
                .into_iter()
                .flat_map(list::members)
                .map(Member::parse)
                .collect(),
        }
    }

    /// Reads the Cache-Control field of a message; empty where there is none.
    pub fn of(message: &'a Headers) -> Self {
        Self::parse(message.all("cache-control"))
    }

    /// Whether there is no directive at all.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// The directives in order.
    pub fn members(&self) -> &[Member<'a>] {
        &self.members
    }

    /// What it means.
    pub fn directives(&self) -> Directives {
        let mut directives = Directives::default();
        for member in &self.members {
            let argument = member.argument.map_or(Argument::Absent, Argument::Text);
            directives.add(member.name, &argument);
        }
        directives
    }

    /// Whether the directive `name` (lower case) is there.
    pub fn contains(&self, name: &str) -> bool {
        self.members.iter().any(|member| member.is(name))
    }

    /// Leaves out the directives that `keep` refuses.
    pub fn retain(&mut self, keep: impl FnMut(&Member<'a>) -> bool) {
        self.members.retain(keep);
    }

    /// Leaves out members with a quote that is not closed: they would swallow whatever is written behind them.
    pub fn drop_unclosed(&mut self) {
        self.members.retain(Member::is_closed);
    }

    /// The field as one line.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut line = Vec::new();
        for member in &self.members {
            push_member(&mut line, member.name, member.argument);
        }
        line
    }
}

impl<'a> Member<'a> {
    fn parse(text: &'a [u8]) -> Self {
        let mut sides = text.splitn(2, |byte| *byte == b'=');
        Self {
            name: sides.next().unwrap_or_default(),
            argument: sides.next(),
        }
    }

    /// Whether every quote in it is closed.
    fn is_closed(&self) -> bool {
        let (mut quoted, mut escaped) = (false, false);
        let argument = self.argument.unwrap_or_default();
        for byte in self.name.iter().chain(b"=").chain(argument) {
            escaped = match byte {
                b'\\' => quoted && !escaped,
                b'"' if !escaped => {
                    quoted = !quoted;
                    false
                }
                _ => false,
            };
        }
        !quoted
    }

    /// Whether it's the directive `name`, in whatever case.
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name.as_bytes())
    }
}

/// Adds a directive to the line of a field.
pub(crate) fn push_member(line: &mut Vec<u8>, name: &[u8], argument: Option<&[u8]>) {
    if !line.is_empty() {
        line.extend_from_slice(b", ");
    }
    line.extend_from_slice(name);
    if let Some(argument) = argument {
        line.push(b'=');
        line.extend_from_slice(argument);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::directives::Scope;
    use proptest::prelude::*;

    fn read(line: &str) -> Directives {
        CacheControl::parse([line.as_bytes()]).directives()
    }

    #[test]
    fn lifetimes_are_read_as_caches_read_them() {
        for (name, line, expected) in [
            ("plain", "max-age=60", Some(60)),
            ("case", "MaX-aGe=60", Some(60)),
            ("quoted", "max-age=\"60\"", Some(60)),
            ("leading zeros", "max-age=0060", Some(60)),
            ("overflow", "max-age=99999999999", Some(1 << 31)),
            ("duplicates: the stricter", "max-age=1800, max-age=1", Some(1)),
            (
                "duplicates, the other way",
                "max-age=1, s-maxage=9, max-age=1800",
                Some(1),
            ),
            ("negative", "max-age=-60", Some(0)),
            ("decimal", "max-age=60.0", Some(0)),
            ("letters", "max-age=60a", Some(0)),
            ("single quotes", "max-age='60'", Some(0)),
            ("no argument", "max-age", Some(0)),
            ("empty argument", "max-age=", Some(0)),
            ("space before =", "max-age =60", None),
            ("space after =", "max-age= 60", Some(0)),
            ("inside another's quotes", "x=\"max-age=60\"", None),
            ("after an escaped quote", "x=\"a\\\", max-age=60\"", None),
            ("after an unclosed quote", "x=\"a, max-age=60", None),
            ("misspelt", "maxAge=60", None),
            ("empty members", ", ,max-age=60,,", Some(60)),
        ] {
            assert_eq!(read(line).max_age, expected, "{name}: {line}");
        }
    }

    #[test]
    fn restrictions_are_read_generously() {
        for (line, no_store, no_cache, private) in [
            ("no-store", true, Scope::Nothing, Scope::Nothing),
            ("No-StOrE=x", true, Scope::Nothing, Scope::Nothing),
            ("no-cache, private", false, Scope::Response, Scope::Response),
            ("no-cache=\"a, b\"", false, Scope::Fields, Scope::Nothing),
            ("no-cache=a", false, Scope::Fields, Scope::Nothing),
            ("no-cache=\"\"", false, Scope::Response, Scope::Nothing),
            ("private=\"a\", private", false, Scope::Nothing, Scope::Response),
        ] {
            let directives = read(line);
            assert_eq!(
                (directives.no_store, directives.no_cache, directives.private),
                (no_store, no_cache, private),
                "{line}"
            );
        }
    }

    #[test]
    fn what_nobody_knows_survives() {
        let mut field = CacheControl::parse([&b"x=\"1, 2\", public, Y"[..], b"max-age=1"]);
        field.retain(|member| !member.is("public"));
        assert_eq!(field.to_bytes(), b"x=\"1, 2\", Y, max-age=1");
        assert!(field.contains("y") && !field.contains("public"));
    }

    #[test]
    fn what_has_no_end_is_left_out() {
        for (line, expected) in [
            ("a, b=\"x", "a"),
            ("a=\"x\\\"", ""),
            ("a=\"x\\\"\", \"", "a=\"x\\\"\""),
            ("a=\\\", b", ""),
            ("\"a\\=\", b", "\"a\\=\", b"),
            ("a=\"\\\\\", b", "a=\"\\\\\", b"),
        ] {
            let mut field = CacheControl::parse([line.as_bytes()]);
            field.drop_unclosed();
            assert_eq!(field.to_bytes(), expected.as_bytes(), "{line}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(line in prop::collection::vec(any::<u8>(), 0..80)) {
            let field = CacheControl::parse([line.as_slice()]);
            let written = field.to_bytes();
            let again = CacheControl::parse([written.as_slice()]);
            prop_assert_eq!(field.directives(), again.directives());
            prop_assert_eq!(field, again);
        }
    }
}
