//! Fields that servers may take for others, by the spelling of their names.

use super::{Headers, index::Mark};

impl Headers {
    /// The names of fields that came and that servers may take for `name` (lower case), itself aside.
    pub fn aliases<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let marked = self.fields().marked(Mark::of(name));
        marked.map(|(other, _)| other).filter(move |other| {
            other.len() == name.len() && *other != name && http_fields::are_aliases(other, name)
        })
    }

    /// The values of the field `name` (lower case), and of those that servers may take for it.
    #[inline(never)]
    pub(crate) fn with_aliases(&self, name: &str) -> Vec<&[u8]> {
        let mut values: Vec<_> = self.all(name).collect();
        for alias in self.aliases(name) {
            values.extend(self.all(alias));
        }
        values
    }

    /// Whether the field `name` (lower case) occurs, or one that servers may take for it.
    pub fn contains_alias(&self, name: &str) -> bool {
        let mark = Mark::of(name);
        (self.edited.has(mark) || self.fields().may_have(mark))
            && (self.contains(name) || self.aliases(name).next().is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases() {
        let request: Headers = [("x_user", "1"), ("X.User", "2"), ("xuser", "3"), ("x-user", "4")]
            .into_iter()
            .collect();
        assert_eq!(
            request.aliases("x-user").collect::<Vec<_>>(),
            ["x_user", "X.User"]
        );
        assert!(request.contains_alias("x-user") && request.contains_alias("x.user"));
        assert!(!request.contains_alias("x-other"));
    }
}
