use crate::{
    config::CompressionNegotiation,
    counter::Counter,
    exchange::Exchange,
    precompressed::{Search, Step, Variant},
    request,
    request::Agreed,
    response,
    response::compressed_body::CompressedBody,
};
use http_filter::{Call, CallResponse, Decision, Filter, Headers, Host, ResponsePlan};
use std::rc::Rc;

/// One request and its response.
pub struct Negotiation {
    config: Rc<CompressionNegotiation>,
    /// None where the exchange is none of this filter's business: not negotiated, or refused by it.
    exchange: Option<Exchange>,
    /// What the request waits for: whether an encoded file is there.
    searching: Option<(Agreed, Search)>,
    encoding: Option<CompressedBody>,
    #[cfg(feature = "all-codings")]
    capture: Option<crate::dictionary::Capture>,
}

impl Negotiation {
    pub(crate) fn new(config: Rc<CompressionNegotiation>) -> Self {
        Self {
            config,
            exchange: None,
            searching: None,
            encoding: None,
            #[cfg(feature = "all-codings")]
            capture: None,
        }
    }

    fn go_on(
        &mut self,
        agreed: Agreed,
        search: Search,
        step: Step,
        request: &Headers,
        host: &dyn Host,
    ) -> Decision {
        match step {
            Step::Ask(call) => {
                self.searching = Some((agreed, search));
                Decision::Call(Call::Http(call))
            }
            Step::Found(variant) => self.settle(agreed, Some(variant), request, host),
            Step::Nothing => self.settle(agreed, None, request, host),
        }
    }

    fn settle(
        &mut self,
        agreed: Agreed,
        variant: Option<Variant>,
        request: &Headers,
        host: &dyn Host,
    ) -> Decision {
        let (exchange, changes) = agreed.settle(&self.config, request, variant, host);
        self.exchange = Some(exchange);
        changes.into()
    }

    /// Keeps the chunk, and the whole once it is complete.
    #[cfg(feature = "all-codings")]
    fn capture(&mut self, chunk: &[u8], end: bool, host: &dyn Host) {
        use crate::dictionary::Progress;
        let progress = self.capture.as_mut().map(|capture| capture.on_chunk(chunk, end));
        if matches!(progress, Some(Progress::Complete | Progress::Failed)) {
            let capture = self
                .capture
                .take()
                .filter(|_| progress == Some(Progress::Complete));
            if let (Some(capture), Some(all)) = (capture, &self.config.dictionaries) {
                all.keep(capture, host);
            }
        }
    }
}

impl Filter for Negotiation {
    fn on_request_headers(&mut self, request: &Headers, host: &dyn Host) -> Decision {
        if request::is_out_of_reach(request) {
            return Decision::default();
        }
        match request::negotiate(&self.config, request, host) {
            Ok(agreed) => match agreed.search(&self.config, request) {
                Some(mut search) => {
                    let step = search.step(&self.config.known, host);
                    self.go_on(agreed, search, step, request, host)
                }
                None => self.settle(agreed, None, request, host),
            },
            Err(reply) => reply.into(),
        }
    }

    fn on_call_response(&mut self, request: &Headers, response: CallResponse, host: &dyn Host) -> Decision {
        let Some((agreed, mut search)) = self.searching.take() else {
            return Decision::default();
        };
        let step = search.answered(&response, &self.config.known, host);
        self.go_on(agreed, search, step, request, host)
    }

    fn on_response_headers(&mut self, response: &Headers, host: &dyn Host) -> ResponsePlan {
        let Some(exchange) = &self.exchange else {
            return ResponsePlan::default();
        };
        let outcome = response::settle(&self.config, exchange, response, host);
        self.encoding = outcome.encoding;
        #[cfg(feature = "all-codings")]
        {
            self.capture = outcome.capture;
        }
        outcome.plan
    }

    fn on_response_body(&mut self, chunk: &[u8], end: bool, host: &dyn Host) -> Option<Vec<u8>> {
        #[cfg(feature = "all-codings")]
        self.capture(chunk, end, host);
        Some(self.encoding.as_mut()?.on_chunk(chunk, end, host))
    }

    /// An upstream that sends trailers without a word before them: the encoder can't be finished any more.
    fn on_response_trailers(&mut self, host: &dyn Host) -> bool {
        let is_whole = self.encoding.as_ref().is_none_or(CompressedBody::is_finished);
        if !is_whole {
            Counter::CutOff.count(host);
        }
        is_whole
    }
}
