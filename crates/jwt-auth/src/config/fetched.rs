//! What a configuration and its overrides share.

use crate::{
    config::deny_list_text::RemoteDenyList, keys::remote::RemoteKeys, request::client_budgets::ClientBudgets,
};
use std::{cell::RefCell, rc::Rc};

/// What configurations share: documents that are fetched already, and what clients have cost.
#[derive(Default)]
pub(crate) struct Fetched {
    pub(crate) key_sets: Vec<Rc<RemoteKeys>>,
    pub(crate) deny_list: Option<Rc<RemoteDenyList>>,
    pub(crate) budgets: Rc<RefCell<ClientBudgets>>,
    /// Whether others must not be added: an override is never ticked.
    pub(crate) closed: bool,
}
