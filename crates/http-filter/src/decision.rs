use crate::{Bytes, Call, FieldName, HeaderEdit, HeaderMutation, Headers, LocalReply};

/// What becomes of a request.
#[must_use]
#[derive(Clone, Debug, PartialEq)]
pub enum Decision {
    /// Send it on, with these changes.
    Continue(Changes),
    /// Hold it until this call is answered; [`Filter::on_call_response`](crate::Filter::on_call_response) decides then.
    Call(Call),
    /// Hold it until what it [awaits](crate::Filter::awaited) may have come; [`Filter::on_wake`](crate::Filter::on_wake)
    /// decides then. Where it can't wait (on), [`Filter::on_wait_end`](crate::Filter::on_wait_end) decides.
    Wait,
    /// Answer the client in the upstream's place.
    Reply(LocalReply),
}

impl Default for Decision {
    fn default() -> Self {
        Self::Continue(Changes::default())
    }
}

impl From<Changes> for Decision {
    fn from(changes: Changes) -> Self {
        Self::Continue(changes)
    }
}

impl From<LocalReply> for Decision {
    fn from(reply: LocalReply) -> Self {
        Self::Reply(reply)
    }
}

/// What changes about a request that goes on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    /// Headers that nobody but this filter may set: removed from the client's request before anything else, in shadow
    /// mode too. Lower case.
    pub distrusted: Vec<FieldName>,
    /// Edits to the request's headers.
    pub headers: HeaderMutation,
    /// What later filters and access logs may read: a name and a value, as text. Where each host publishes it is said
    /// in its adapter's README.
    pub properties: Vec<(&'static str, Bytes)>,
    /// What only filters behind this one may read, and only those of its suite where it's in one.
    pub passed_on: Vec<(&'static str, Bytes)>,
    /// Choose the route anew, because an edited header takes part in the choice.
    pub reroute: bool,
}

impl Changes {
    /// Adds edits to the request's headers.
    #[must_use]
    pub fn headers(mut self, mutation: HeaderMutation) -> Self {
        self.headers = self.headers.then(mutation);
        self
    }

    /// Removes the client's own copies of `name` (lower case) first, in shadow mode too.
    #[must_use]
    pub fn distrust(mut self, name: impl Into<FieldName>) -> Self {
        self.distrusted.push(name.into());
        self
    }

    /// Publishes `value` to later filters and access logs.
    #[must_use]
    pub fn property(mut self, name: &'static str, value: impl Into<Bytes>) -> Self {
        self.properties.push((name, value.into()));
        self
    }

    /// Has the route chosen anew.
    #[must_use]
    pub fn reroute(mut self) -> Self {
        self.reroute = true;
        self
    }

    /// What a filter in shadow mode still does: keep distrusted headers out and let later filters read.
    #[must_use]
    pub fn shadow(self) -> Self {
        Self {
            headers: HeaderMutation::default(),
            reroute: false,
            ..self
        }
    }

    /// The fields that are removed from `request` before the edits: those that are distrusted, and all that servers may take for
    /// one of them or for one that is set (`x_user` for `x-user`).
    pub fn removed<'a>(&'a self, request: &'a Headers) -> impl Iterator<Item = FieldName> {
        let own = self.distrusted.iter().filter(|name| request.contains(name));
        let set = self.headers.edits().iter().filter_map(|edit| match edit {
            HeaderEdit::Set(name, _) => Some(name),
            HeaderEdit::Append(..) | HeaderEdit::Remove(_) => None,
        });
        let aliases = self
            .distrusted
            .iter()
            .chain(set)
            .flat_map(|name| request.aliases(name));
        own.cloned()
            .chain(aliases.map(|alias| FieldName::from(alias.to_owned())))
    }

    /// The removals and the edits as one mutation of `request`, in the order in which they take effect.
    #[must_use]
    pub fn mutation(&self, request: &Headers) -> HeaderMutation {
        self.removed(request)
            .fold(HeaderMutation::default(), HeaderMutation::remove)
            .then(self.headers.clone())
    }
}

/// What becomes of a response's headers, and what the filter wants of its body.
#[must_use]
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResponsePlan {
    /// Edits to the response's headers. Whoever changes the body's length removes `content-length` here.
    pub headers: HeaderMutation,
    /// What happens to the body.
    pub body: BodyPlan,
}

impl ResponsePlan {
    /// A plan that edits headers and leaves the body alone.
    pub fn headers(headers: HeaderMutation) -> Self {
        Self {
            headers,
            body: BodyPlan::Pass,
        }
    }
}

/// What a filter wants of a response's body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BodyPlan {
    /// Nothing.
    #[default]
    Pass,
    /// Every chunk goes through [`Filter::on_response_body`](crate::Filter::on_response_body) on its way. Where
    /// trailers follow, no last chunk is announced: never begin what then can't be finished.
    Rewrite,
    /// Headers and body wait for [`Filter::on_response_held`](crate::Filter::on_response_held), at most `limit` bytes
    /// of body. Needs `allow_on_headers_stop_iteration: true` in Envoy's plugin configuration; without it, or beyond
    /// the limit, the response goes on without having been seen. A response without a body is not held at all.
    Hold {
        /// The largest body to hold, in bytes.
        limit: usize,
    },
    /// The body is dropped and the response ends with its headers: a 304 in place of a 200 (RFC 9110 §15.4.5).
    Discard,
}

/// What became of a response under [`BodyPlan::Hold`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held<'a> {
    /// Its whole body has come.
    Whole(&'a [u8]),
    /// The body is larger than the limit. It streams on from its beginning.
    TooLarge,
    /// The body can't be had: the host doesn't hold responses, or trailers ended it.
    Lost,
}

impl<'a> Held<'a> {
    /// The body, where all of it came.
    pub fn body(self) -> Option<&'a [u8]> {
        match self {
            Self::Whole(body) => Some(body),
            Self::TooLarge | Self::Lost => None,
        }
    }
}
