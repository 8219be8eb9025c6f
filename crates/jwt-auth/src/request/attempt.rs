//! What one request has come to know while it waits, so that nothing is done twice.

use crate::{
    Refusal,
    config::deny_list_text::RemoteDenyList,
    request::client_budgets::{Client, ClientBudgets},
    token::verified::Verified,
};
use http_filter::Host;
use std::{cell::RefCell, rc::Rc};

/// One request's dealings with each provider's token.
#[derive(Default)]
pub(crate) struct Attempts(Vec<(usize, Attempt)>);

/// How far a request has come with one provider's token.
#[derive(Default)]
pub(crate) struct Attempt {
    /// What came of verifying it, by which version of the keys.
    pub(crate) judged: Option<Judged>,
    /// It waits for its keys or for the deny list: all that could be said without them is said.
    pub(crate) waits: bool,
    pub(crate) question: KeyQuestion,
}

/// What came of verifying a token.
pub(crate) struct Judged {
    pub(crate) outcome: Result<Rc<Verified>, Refusal>,
    /// The version of the keys.
    pub(crate) keys_version: u64,
}

/// The question for a key that the provider's set lacks.
#[derive(Default)]
pub(crate) struct KeyQuestion {
    /// The key id, and the version of the set that lacks it.
    pub(crate) lacking: Option<(Rc<str>, u64)>,
    /// When this request asked for the set to be fetched again, in milliseconds since the Unix epoch.
    pub(crate) asked: Option<u64>,
}

impl Attempts {
    /// The dealings with the provider of this number.
    pub(crate) fn of(&mut self, provider: usize) -> Option<&mut Attempt> {
        let known = self.0.iter().position(|(number, _)| *number == provider);
        let at = known.unwrap_or_else(|| {
            self.0.push((provider, Attempt::default()));
            self.0.len() - 1
        });
        self.0.get_mut(at).map(|(_, attempt)| attempt)
    }
}

/// What verifying a token takes beside the token.
pub(crate) struct Trial<'a> {
    pub(crate) attempt: &'a mut Attempt,
    pub(crate) deny_list: Option<&'a RemoteDenyList>,
    pub(crate) budgets: &'a RefCell<ClientBudgets>,
    pub(crate) host: &'a dyn Host,
}

impl Trial<'_> {
    /// The client; asked for only where it takes part.
    pub(crate) fn client(&self) -> Client {
        Client::of(self.host)
    }

    /// Whether the client has failed too often.
    pub(crate) fn is_spent(&self) -> bool {
        let budgets = self.budgets.borrow();
        !budgets.is_empty() && budgets.is_spent(self.client(), self.now())
    }

    /// Counts a failure of the client.
    pub(crate) fn charge(&self) {
        let client = self.client();
        self.budgets.borrow_mut().charge(client, self.host, self.now());
    }

    /// In milliseconds since the Unix epoch.
    pub(crate) fn now(&self) -> u64 {
        shared_fetch::millis(self.host.now())
    }
}
