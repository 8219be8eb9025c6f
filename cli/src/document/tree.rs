/// A place in a file, as editors count: lines and columns begin with 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

/// A part of a document, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Where it begins.
    pub at: Position,
    /// What it holds.
    pub content: Content,
}

/// What a part of a document holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A text, a number, a boolean or nothing: that depends on who reads it.
    Scalar(Scalar),
    /// A list.
    List(Vec<Node>),
    /// Members with their names, in the order of the file.
    Map(Vec<(Scalar, Node)>),
}

/// A scalar as it's written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// Where it begins.
    pub at: Position,
    /// Its text, without quotes and escapes.
    pub text: String,
    /// How it's written.
    pub style: Style,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Without quotes: whoever reads it decides what it is.
    Plain,
    /// In quotes, or tagged `!!str`: a text.
    Quoted,
    /// A block whose lines stand as they are (`|`): a text.
    Literal,
    /// A block whose lines are folded (`>`): a text.
    Folded,
}

impl Scalar {
    /// Whether every reader takes it for nothing.
    pub fn is_null(&self) -> bool {
        self.style == Style::Plain && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }
}

impl Node {
    /// The member `name` of a map; of several, the last.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.members()
            .iter()
            .rev()
            .find(|(key, _)| key.text == name)
            .map(|(_, node)| node)
    }

    /// The first of these members that the map has: Envoy takes `vm_config` and `vmConfig`.
    pub fn any(&self, names: &[&str]) -> Option<&Self> {
        names.iter().find_map(|name| self.get(name))
    }

    /// The members of a map; none for everything else.
    pub fn members(&self) -> &[(Scalar, Self)] {
        match &self.content {
            Content::Map(members) => members,
            _ => &[],
        }
    }

    /// The items of a list; none for everything else.
    pub fn items(&self) -> &[Self] {
        match &self.content {
            Content::List(items) => items,
            _ => &[],
        }
    }

    /// The text of a scalar.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    /// Whether it is a scalar that says `true`.
    pub fn is_true(&self) -> bool {
        self.text().is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    /// Every part, this one first, depth first.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Self)) {
        visit(self);
        match &self.content {
            Content::Scalar(_) => {}
            Content::List(items) => items.iter().for_each(|item| item.walk(visit)),
            Content::Map(members) => members.iter().for_each(|(_, member)| member.walk(visit)),
        }
    }

    /// Where the field at `path` stands (`rules[0].match.path`), or as much of it as is there: its name, where it
    /// has one, else its value. Names may hold dots, and a list of one may be written without brackets.
    pub fn locate(&self, path: &str) -> Position {
        self.find(path).1
    }

    /// Where the value at `path` stands, if it stands on its name's line; else where the name does.
    pub fn locate_value(&self, path: &str) -> Position {
        let (node, at) = self.find(path);
        let begins_behind_its_name = node.at.line == at.line;
        if begins_behind_its_name { node.at } else { at }
    }

    /// As much of `path` as is there, and where its name stands.
    fn find(&self, path: &str) -> (&Self, Position) {
        let (mut node, mut at, mut rest) = (self, self.at, path);
        while !rest.is_empty() {
            if let Some((index, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
                let index = index.parse::<usize>().ok();
                if let Some(item) = index.and_then(|index| node.items().get(index)) {
                    (node, at) = (item, item.at);
                }
                rest = after.strip_prefix('.').unwrap_or(after);
                continue;
            }
            let named = node.members().iter().filter(|(key, _)| is_head(&key.text, rest));
            let Some((key, member)) = named.max_by_key(|(key, _)| key.text.len()) else {
                return (node, at);
            };
            rest = rest.strip_prefix(key.text.as_str()).unwrap_or_default();
            rest = rest.strip_prefix('.').unwrap_or(rest);
            (node, at) = (member, key.at);
        }
        (node, at)
    }
}

/// Whether `path` begins with the member `name`.
fn is_head(name: &str, path: &str) -> bool {
    path.strip_prefix(name)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

#[cfg(test)]
mod tests {
    use crate::document::parse;

    #[test]
    fn fields_are_found_by_their_path() {
        let text = "rules:\n- match:\n    path: /a\n  limit: [x, y]\nlimits: {a.b: 1, a: {c: 2}}\n";
        let parsed = parse(text).expect("YAML");
        let root = parsed.documents.first().expect("a document");
        for (path, line, column) in [
            ("", 1, 1),
            ("rules", 1, 1),
            ("rules[0]", 2, 3),
            ("rules[0].match.path", 3, 5),
            ("rules[0].match.path[0]", 3, 5),
            ("rules[0].limit[1]", 4, 14),
            ("rules[0].match.none", 2, 3),
            ("limits.a.b", 5, 10),
            ("limits.a.c", 5, 22),
        ] {
            let found = root.locate(path);
            assert_eq!((found.line, found.column), (line, column), "{path}");
        }
    }
}
