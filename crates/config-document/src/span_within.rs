use crate::{
    Span,
    document::{Node, Read, Refused, Text},
};
use std::time::Duration;

/// A span of so many milliseconds at least, and at most.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SpanWithin<const LEAST: u64, const MOST: u64>(pub Span);

impl<const LEAST: u64, const MOST: u64> SpanWithin<LEAST, MOST> {
    /// A span of so many milliseconds.
    pub const fn millis(millis: u64) -> Self {
        Self(Span::millis(millis))
    }

    /// The span as a duration.
    pub const fn duration(self) -> Duration {
        self.0.duration()
    }
}

impl<const LEAST: u64, const MOST: u64> Read for SpanWithin<LEAST, MOST> {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        span_within(node, Span::millis(LEAST), Span::millis(MOST)).map(Self)
    }
}

fn span_within(node: &Node<'_>, least: Span, most: Span) -> Result<Span, Refused> {
    let span = node.value().as_str().and_then(Span::parse);
    span.filter(|span| (least..=most).contains(span)).ok_or_else(|| {
        let bounds = [least, most].map(|bound| bound.to_text().unwrap_or_default());
        node.refuse(
            &[
                "a duration from ",
                &bounds.join(" to "),
                " such as \"250ms\", \"10m\" or \"1h30m\"",
            ]
            .concat(),
        )
    })
}

crate::describe! {
    impl<const LEAST: u64, const MOST: u64> crate::document::Describe for SpanWithin<LEAST, MOST> {
        fn describe(schemas: &mut crate::document::Schemas) -> serde_json::Value {
            Span::describe(schemas)
        }

        fn written(&self) -> Option<serde_json::Value> {
            self.0.written()
        }
    }
}
