use http_filter::{AnyPlugin, ConfigError, FilterConfig, Plugin};
use std::{rc::Rc, slice};

/// Compiles a configuration.
type Build = fn(&[u8]) -> Result<Box<dyn AnyPlugin>, ConfigError>;

/// A filter of a module.
pub struct Entry {
    pub(crate) name: &'static str,
    pub(crate) fails_closed: bool,
    /// The names of its counters, but for those that a configuration names.
    pub(crate) counters: &'static [&'static str],
    /// The filters that run within this one.
    members: &'static [Entry],
    pub(crate) build: Build,
}

impl Entry {
    /// The filter of this configuration.
    pub const fn of<C: FilterConfig>() -> Self {
        Self {
            name: C::NAME,
            fails_closed: C::FAIL_CLOSED,
            counters: C::COUNTERS,
            members: &[],
            build: |document| Ok(Box::new(Rc::new(Plugin::<C>::new(Some(document))?))),
        }
    }

    /// A filter in which these run: each counts by its own name, and configurations by route have a section for each.
    pub const fn suite<C: FilterConfig>(members: &'static [Entry]) -> Self {
        Self {
            members,
            ..Self::of::<C>()
        }
    }

    pub(crate) fn is_suite(&self) -> bool {
        !self.members.is_empty()
    }

    /// The filters that count: those that run within this one, or itself.
    pub(crate) fn filters(&self) -> &[Self] {
        if self.is_suite() {
            self.members
        } else {
            slice::from_ref(self)
        }
    }
}
