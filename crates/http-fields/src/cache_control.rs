use crate::{
    cache_directives::{Argument, Directive, Directives, Scope},
    is_token, list,
};

/// A Cache-Control field as it stands: every directive of every line, in order, those that nobody knows included
/// (RFC 9111 §5.2). What it means is in its [`Directives`].
///
/// Reading is as lenient as caches are: names in any case, arguments as tokens or quoted strings, empty members
/// skipped, commas inside quotes kept. A member that is none by the grammar opens nothing, but a restriction that can be
/// recognised in it holds: `private; max-age=0` is private, `no-store no-cache` is neither stored nor used unasked. Caches
/// read on in different places behind a quote that doesn't end, so nothing with one in it is to be stored.
///
/// ```
/// use http_fields::CacheControl;
/// let field = CacheControl::parse([&b"Max-Age=60, community=\"a, b\""[..], b"NO-CACHE"]);
/// assert_eq!(field.directives().max_age, Some(60));
/// assert_eq!(field.to_bytes(), b"Max-Age=60, community=\"a, b\", NO-CACHE");
/// assert!(CacheControl::parse([&b"no-store no-cache"[..]]).directives().no_store);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CacheControl<'a> {
    pub(crate) members: Vec<Member<'a>>,
}

/// One directive as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// The name, in the case it came in.
    pub name: &'a [u8],
    /// What it is, where it is known.
    pub directive: Option<Directive>,
    /// The argument, quotes included.
    pub argument: Option<&'a [u8]>,
    /// In Surrogate-Control whom it is for, the semicolon included: `;edge`.
    pub surrogate: Option<&'a [u8]>,
}

impl<'a> CacheControl<'a> {
    /// Reads the lines of the field.
    pub fn parse(lines: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut field = Self::default();
        for line in lines {
            field.read(line);
        }
        field
    }

    #[inline(never)]
    fn read(&mut self, line: &'a [u8]) {
        for member in list::members(line) {
            self.members.push(Member::parse(member));
        }
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
            member.add_to(&mut directives);
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

    /// Leaves out what is no directive: caches differ in what they make of it, and a quote without end would swallow
    /// whatever is written behind it.
    pub fn drop_malformed(&mut self) {
        self.members.retain(Member::is_well_formed);
    }

    /// Whether every cache reads the field's restrictions: they stand in lower case (Envoy's `cache` knows no other) and in
    /// members that are well formed.
    pub fn says_restrictions_plainly(&self) -> bool {
        self.says_plainly(&self.directives())
    }

    /// The same, where it is known what the field means.
    pub(crate) fn says_plainly(&self, said: &Directives) -> bool {
        let plain = |name: &str, needed: bool| {
            !needed
                || self
                    .members
                    .iter()
                    .any(|member| member.name == name.as_bytes() && member.argument.is_none())
        };
        self.members.iter().all(Member::is_read_alike)
            && plain("no-store", said.no_store)
            && plain("no-cache", said.no_cache == Scope::Response)
            && plain("private", said.private == Scope::Response)
    }

    /// The field as one line.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut line = Vec::new();
        for member in &self.members {
            member.push_to(&mut line);
        }
        line
    }
}

impl Directives {
    /// What the lines of a [`CacheControl`] mean, for those who have no use for its members.
    pub fn of<'a>(lines: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut directives = Self::default();
        for line in lines {
            directives.read(line);
        }
        directives
    }

    #[inline(never)]
    fn read(&mut self, line: &[u8]) {
        for member in list::members(line) {
            Member::parse(member).add_to(self);
        }
    }
}

/// Whether the lines of a [`CacheControl`] say `no-transform` (RFC 9111 §5.2.2.6). Few do, so that most are not read.
///
/// ```
/// use http_fields::forbids_transformation;
/// assert!(forbids_transformation([&b"public; No-Transform"[..]]));
/// assert!(!forbids_transformation([&b"public, x=\"a, no-transform\""[..]]));
/// ```
pub fn forbids_transformation<'a>(lines: impl IntoIterator<Item = &'a [u8]>) -> bool {
    let word = b"no-transform";
    let is_word = |text: &[u8]| matches!(text, [b'n' | b'N', ..]) && text.eq_ignore_ascii_case(word);
    let mut lines = lines.into_iter();
    lines.any(|line| line.windows(word.len()).any(is_word) && Directives::of([line]).no_transform)
}

impl<'a> Member<'a> {
    pub(crate) fn parse(text: &'a [u8]) -> Self {
        let (name, argument) = match text.iter().position(|byte| *byte == b'=') {
            Some(equals) => (text.get(..equals).unwrap_or_default(), text.get(equals + 1..)),
            None => (text, None),
        };
        Self {
            name,
            directive: Directive::find(name),
            argument,
            surrogate: None,
        }
    }

    pub(crate) fn add_to(&self, directives: &mut Directives) {
        if self.surrogate.is_some() && self.add_to_surrogates(directives) {
            return;
        }
        if let Some(directive) = self.directive {
            let argument = self.argument.map_or(Argument::Absent, Argument::Text);
            directives.add(directive, &argument);
        }
        if !self.is_well_formed() {
            directives.no_store |= !self.is_closed();
            directives.add_restrictions_of(&self.to_bytes());
        } else if self.directive.is_none() {
            directives.add_restrictions_of(self.name);
        }
    }

    /// Whether it is a directive by the grammar: a token, with another or a quoted string behind `=`.
    pub fn is_well_formed(&self) -> bool {
        (self.directive.is_some() || is_token(self.name))
            && self
                .argument
                .is_none_or(|argument| argument.is_empty() || is_token(argument) || is_quoted(argument))
    }

    /// Whether all caches read it as it's meant: some take an escaped backslash for one that escapes the quote behind it.
    pub(crate) fn is_read_alike(&self) -> bool {
        let has_escapes = self.argument.is_some_and(|argument| argument.contains(&b'\\'));
        self.is_well_formed() && !has_escapes
    }

    /// The directive as it was written.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut text = Vec::new();
        self.push_to(&mut text);
        text
    }

    /// Adds it, as it was written, to the line of a field.
    pub fn push_to(&self, line: &mut Vec<u8>) {
        push_directive(line, self.name, self.argument);
        line.extend_from_slice(self.surrogate.unwrap_or_default());
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

/// Whether `text` is one quoted string and nothing else (RFC 9110 §5.6.4).
fn is_quoted(text: &[u8]) -> bool {
    let Some(inner) = text.strip_prefix(b"\"").and_then(|rest| rest.strip_suffix(b"\"")) else {
        return false;
    };
    let mut escaped = false;
    for byte in inner {
        if *byte == b'"' && !escaped {
            return false;
        }
        escaped = *byte == b'\\' && !escaped;
    }
    !escaped
}

/// Adds a directive to the line of a field.
pub fn push_directive(line: &mut Vec<u8>, name: &[u8], argument: Option<&[u8]>) {
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
mod tests;
