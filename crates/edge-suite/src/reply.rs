//! A reply of one filter on its way back through those before it.

use crate::Exchange;
use http_filter::{Headers, Host, LocalReply};

impl Exchange {
    /// The reply as it leaves: the filter that made it doesn't see it again, those before it add what they add to any
    /// response. What all of them published about the request stays readable.
    pub(crate) fn reply(&mut self, mut reply: LocalReply, host: &dyn Host) -> LocalReply {
        self.streams.pop();
        self.properties.append(&mut reply.properties);
        reply.properties = self.properties.clone();
        // Of its body there is nothing to rewrite.
        let mut seen = reply.to_headers().with_end_of_stream(true);
        let mut edited = false;
        for place in (0..self.streams.len()).rev() {
            let plan = self.with(place, host, |stream, host| {
                stream.on_response_headers(&seen, host)
            });
            edited |= !plan.headers.is_empty();
            seen.mutate(plan.headers);
        }
        if edited {
            take_over(&mut reply, &seen);
        }
        reply
    }
}

fn take_over(reply: &mut LocalReply, edited: &Headers) {
    reply.status = edited.status().unwrap_or(reply.status);
    let fields = edited.iter().filter(|(name, _)| !name.starts_with(':'));
    // What a filter writes is text.
    reply.headers = fields
        .filter_map(|(name, value)| {
            let value = std::str::from_utf8(value).ok()?;
            Some((name.to_owned().into(), value.to_owned()))
        })
        .collect();
}
