use crate::{
    config::{policy::Policy, syntax::Syntax},
    document::policy::PolicyMode,
};
use http_filter::FieldName;

/// A field and the policy for it.
#[derive(Debug)]
pub(crate) struct FieldPolicy {
    /// The field's name, lower case.
    pub(crate) name: FieldName,
    pub(crate) policy: Policy,
}

impl FieldPolicy {
    pub(crate) fn syntax(&self) -> Syntax {
        Syntax::of(&self.name)
    }

    /// Whether it's Cache-Control, which every cache reads.
    pub(crate) fn is_cache_control(&self) -> bool {
        self.syntax() == Syntax::CacheControl
    }

    /// Whether the policy takes the place of what the origin says.
    pub(crate) fn replaces(&self) -> bool {
        self.policy.mode == PolicyMode::Override
    }
}
