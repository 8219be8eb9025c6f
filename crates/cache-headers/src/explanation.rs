use crate::response::outcome::Outcome;

/// What was decided and why, for the debug field: a Structured Field item, the rules' names with parameters.
#[derive(Debug, Default)]
pub(crate) struct Explanation {
    wanted: bool,
    rules: String,
    parameters: String,
    guards: String,
}

impl Explanation {
    pub(crate) fn new(wanted: bool) -> Self {
        Self {
            wanted,
            ..Self::default()
        }
    }

    pub(crate) fn rule(&mut self, name: &str) {
        if self.wanted {
            join(&mut self.rules, ", ", name);
        }
    }

    pub(crate) fn outcome(&mut self, field: &str, outcome: &Outcome) {
        self.add(
            field,
            match outcome {
                Outcome::Kept => "kept",
                Outcome::Withheld => "withheld",
                Outcome::Set { .. } => "set",
                Outcome::Removed => "removed",
            },
        );
    }

    pub(crate) fn guard(&mut self, slug: &str) {
        let slug = slug.strip_prefix("guard_").unwrap_or(slug);
        if self.wanted && !self.guards.split(' ').any(|known| known == slug) {
            join(&mut self.guards, " ", slug);
        }
    }

    pub(crate) fn add(&mut self, key: &str, value: &str) {
        if self.wanted {
            for part in ["; ", key, "=", value] {
                self.parameters.push_str(part);
            }
        }
    }

    /// The field's value, where it's wanted.
    pub(crate) fn line(&self) -> Option<String> {
        let guards = if self.guards.is_empty() {
            String::new()
        } else {
            ["; guards=\"", &self.guards, "\""].concat()
        };
        self.wanted
            .then(|| ["\"", &self.rules, "\"", &self.parameters, &guards].concat())
    }
}

fn join(text: &mut String, separator: &str, part: &str) {
    if !text.is_empty() {
        text.push_str(separator);
    }
    text.push_str(part);
}
