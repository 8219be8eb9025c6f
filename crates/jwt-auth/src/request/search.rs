use crate::{
    Refusal,
    config::{
        provider::Provider,
        source::{Found, Source},
    },
};
use http_filter::Headers;

/// The tokens of one request: each provider looks for its own once.
pub(crate) struct Search<'a> {
    pub(crate) request: &'a Headers,
    /// By the provider's number.
    found: Vec<(usize, Result<Option<Found<'a>>, Refusal>)>,
}

impl<'a> Search<'a> {
    pub(crate) fn new(request: &'a Headers) -> Self {
        Self {
            request,
            found: Vec::new(),
        }
    }

    /// The token of `provider`, whose number is `index`.
    ///
    /// # Errors
    /// [`Refusal::Repeated`] when there is more than one.
    pub(crate) fn token(
        &mut self,
        index: usize,
        provider: &'a Provider,
    ) -> Result<Option<Found<'a>>, Refusal> {
        if let Some((_, found)) = self.found.iter().find(|(known, _)| *known == index) {
            return found.clone();
        }
        let found = Source::find(&provider.sources, self.request);
        self.found.push((index, found.clone()));
        found
    }
}
