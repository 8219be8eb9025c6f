//! The response's way back: the last filter that saw the request is the first to see its response.

use crate::{Exchange, exchange::edit};
use http_filter::{BodyPlan, Headers, Held, Host, ResponsePlan};

impl Exchange {
    pub(crate) fn begin_response(&mut self) {
        self.response.left = self.streams.len();
    }

    /// Shows the response to the filters that have not seen it yet, until one holds it.
    pub(crate) fn respond(
        &mut self,
        response: &Headers,
        mut body: BodyPlan,
        host: &dyn Host,
    ) -> ResponsePlan {
        let mut edited: Option<Headers> = None;
        while let Some(place) = self.response.left.checked_sub(1) {
            self.response.left = place;
            let seen = edited.as_ref().unwrap_or(response);
            let plan = self.with(place, host, |stream, host| stream.on_response_headers(seen, host));
            edit(&mut edited, response, plan.headers);
            match (plan.body, body) {
                (held @ BodyPlan::Hold { .. }, BodyPlan::Pass) => {
                    let seen = edited.as_ref().unwrap_or(response);
                    self.response.held = Some((place, seen.settled()));
                    body = held;
                    break;
                }
                // Behind another's rewriting there is nothing to hold.
                (BodyPlan::Hold { .. }, _) => {
                    let lost = self.with(place, host, |stream, host| {
                        stream.on_response_held(Held::Lost, host)
                    });
                    edit(&mut edited, response, lost.headers);
                }
                (wanted, planned) => body = self.combined(place, wanted, planned),
            }
        }
        ResponsePlan {
            headers: edited.map_or_else(|| response.mutation().clone(), Headers::into_mutation),
            body,
        }
    }

    /// What becomes of the body after a filter's plan for what is `planned` already.
    fn combined(&mut self, place: usize, body: BodyPlan, planned: BodyPlan) -> BodyPlan {
        match (body, planned) {
            // What is dropped needs no rewriting.
            (_, BodyPlan::Discard) | (BodyPlan::Discard, _) => BodyPlan::Discard,
            (BodyPlan::Rewrite, _) => {
                self.response.rewriting.push(place);
                BodyPlan::Rewrite
            }
            _ => planned,
        }
    }

    /// Goes on with the response that a filter held.
    pub(crate) fn release(&mut self, held: Held<'_>, host: &dyn Host) -> ResponsePlan {
        let Some((place, headers)) = self.response.held.take() else {
            return ResponsePlan::default();
        };
        let plan = self.with(place, host, |stream, host| stream.on_response_held(held, host));
        let body = self.combined(place, plan.body, BodyPlan::Pass);
        // The other filters can do nothing to a body that is lost, as if there were none.
        let ends = headers.end_of_stream() || held == Held::Lost;
        let mut seen = headers.with_end_of_stream(ends);
        seen.mutate(plan.headers);
        self.respond(&seen, body, host)
    }

    pub(crate) fn rewrite(&mut self, chunk: &[u8], end: bool, host: &dyn Host) -> Option<Vec<u8>> {
        let mut rewritten: Option<Vec<u8>> = None;
        for index in 0..self.response.rewriting.len() {
            let place = self.response.rewriting.get(index).copied()?;
            let chunk = rewritten.as_deref().unwrap_or(chunk);
            let new = self.with(place, host, |stream, host| {
                stream.on_response_body(chunk, end, host)
            });
            rewritten = new.or(rewritten);
        }
        rewritten
    }

    /// Whether the body is whole, now that trailers follow it.
    pub(crate) fn is_whole(&mut self, host: &dyn Host) -> bool {
        let rewriting = std::mem::take(&mut self.response.rewriting);
        rewriting
            .into_iter()
            .all(|place| self.with(place, host, |stream, host| stream.on_response_trailers(host)))
    }
}
