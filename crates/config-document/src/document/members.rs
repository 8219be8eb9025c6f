use super::{Node, Refused};

/// What [`document!`](crate::document!) says of a struct.
pub struct Shape {
    /// The fields' names in JSON, in the order of their declaration.
    pub names: &'static [&'static str],
    /// The document whose fields stand among these, numbered behind them.
    pub embedded: Option<&'static Shape>,
    /// The fields that must be there, and what is expected where they aren't.
    pub required: &'static [(&'static str, &'static str)],
    /// Whether a member that is null is the same as none, whatever its type.
    pub null_is_absent: bool,
}

/// A struct whose fields are read one by one.
pub trait Fill {
    /// Reads the field of this number.
    ///
    /// # Errors
    /// [`Refused`], when the mistake is noted at the node.
    fn fill(&mut self, index: usize, node: &Node<'_>) -> Result<(), Refused>;
}

impl Shape {
    fn names(&self) -> impl Iterator<Item = &'static str> {
        let embedded = self.embedded.map_or(&[][..], |embedded| embedded.names);
        self.names.iter().chain(embedded).copied()
    }

    fn required(&self) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
        let embedded = self.embedded.map_or(&[][..], |embedded| embedded.required);
        self.required.iter().chain(embedded)
    }
}

impl Node<'_> {
    /// Reads the members of an object into `document`, over what is there.
    ///
    /// # Errors
    /// [`Refused`] where it is no object, where a member is unknown or not as expected, where a required one is missing.
    pub fn read_members(&self, shape: &Shape, document: &mut dyn Fill) -> Result<(), Refused> {
        let members = self.object()?;
        for (name, value) in members {
            let member = self.member(name, value);
            let Some(index) = shape.names().position(|known| known == name) else {
                // People look for what several documents have in common first.
                let shapes = shape.embedded.into_iter().chain([shape]);
                let known: Vec<_> = shapes.flat_map(|shape| shape.names).copied().collect();
                return Err(member.refuse_unknown(name, &known));
            };
            if !(value.is_null() && shape.null_is_absent) {
                document.fill(index, &member)?;
            }
        }
        for (name, expected) in shape.required() {
            let absent = |value: &serde_json::Value| value.is_null() && shape.null_is_absent;
            if members.get(*name).is_none_or(absent) {
                return Err(self
                    .member(name, &serde_json::Value::Null)
                    .refuse_as("nothing", expected));
            }
        }
        Ok(())
    }
}
