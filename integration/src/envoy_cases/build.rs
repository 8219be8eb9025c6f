use crate::FilterHost;

/// One module of a filter, and the cases that it is to pass.
pub struct Build<'a> {
    /// The filter.
    pub filter: &'a str,
    /// Its module's name in `dist/`.
    pub module: &'a str,
    /// The folder of cases, from the filter's crate.
    pub cases: &'a str,
    /// The section of a suite's configuration that is the filter's; none in a module of its own.
    pub section: Option<&'a str>,
    /// What runs it.
    pub host: FilterHost,
}

impl<'a> Build<'a> {
    /// A filter's first build, which most have alone.
    pub fn only(filter: &'a str) -> Self {
        Self {
            filter,
            module: filter,
            cases: "cases",
            section: None,
            host: FilterHost::chosen(),
        }
    }

    /// The filter in the suite.
    pub fn in_suite(filter: &'a str, section: &'a str) -> Self {
        Self {
            module: "edge-suite",
            section: Some(section),
            ..Self::only(filter)
        }
    }
}
