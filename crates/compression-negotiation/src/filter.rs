use crate::{CompressionNegotiation, encoding::Encoding, request, request::Exchange, response};
use http_filter::{Decision, Filter, Headers, Host, ResponsePlan};
use std::rc::Rc;

/// One request and its response.
pub struct Negotiation {
    config: Rc<CompressionNegotiation>,
    /// None where the exchange is none of this filter's business: not negotiated, or refused by it.
    exchange: Option<Exchange>,
    encoding: Option<Encoding>,
    #[cfg(feature = "all-codings")]
    capture: Option<crate::dictionary::Capture>,
}

impl Negotiation {
    pub(crate) fn new(config: Rc<CompressionNegotiation>) -> Self {
        Self {
            config,
            exchange: None,
            encoding: None,
            #[cfg(feature = "all-codings")]
            capture: None,
        }
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
            Ok((exchange, changes)) => {
                self.exchange = Some(exchange);
                changes.into()
            }
            Err(reply) => reply.into(),
        }
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
}
