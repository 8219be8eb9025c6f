use crate::member::Member;
use http_filter::{
    FilterConfig, Plugin,
    document::{Node, Read, Refused},
};
use std::{fmt, marker::PhantomData, rc::Rc};

/// A filter's configuration as a section of the suite's; the filter isn't there without it.
pub struct Section<C> {
    member: Option<Member>,
    filter: PhantomData<C>,
}

impl<C> Section<C> {
    pub(crate) fn member(self) -> Option<Member> {
        self.member
    }
}

impl<C> Default for Section<C> {
    fn default() -> Self {
        Self {
            member: None,
            filter: PhantomData,
        }
    }
}

impl<C: FilterConfig> Read for Section<C> {
    fn read(node: &Node<'_>) -> Result<Self, Refused> {
        // A section with nothing in it looks as if the filter were on: `{}` says so.
        node.object()?;
        let plugin = Plugin::<C>::of(node.value().clone()).map_err(|error| node.refuse_with(error))?;
        Ok(Self {
            member: Some(Member::new(Box::new(Rc::new(plugin)))),
            filter: PhantomData,
        })
    }
}

http_filter::describe! {
    impl<C: FilterConfig> http_filter::document::Describe for Section<C>
    where
        C::Document: http_filter::document::Describe,
    {
        fn describe(schemas: &mut http_filter::document::Schemas) -> http_filter::document::Json {
            C::Document::describe(schemas)
        }
    }
}

impl<C: FilterConfig> fmt::Debug for Section<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(C::NAME)
    }
}
