//! The tables in shared data that policies count in.

use crate::counter::Counter;
use http_filter::{Host, Owner, Places};
use std::{
    cell::{Cell, Ref, RefCell},
    rc::{Rc, Weak},
};

/// The table of a policy: so many sets, whose names begin alike.
///
/// Tables are numbered, and used again: the one of a policy that is gone, or has become another one, goes to the next policy that
/// comes, half a minute later at the earliest. What the policy before has left there bears its tag, and counts for nothing.
#[derive(Debug)]
pub(crate) struct Table {
    owner: Owner,
    /// What the policy marks its sets with.
    pub(crate) tag: u32,
    number: Cell<Option<usize>>,
    /// The names of its sets begin so, once it has a number.
    prefix: RefCell<String>,
    /// Where there's no number to be had.
    own_prefix: String,
}

/// The tables of a plugin's configuration and of its routes' overrides, which are to be kept from other policies.
#[derive(Debug, Default)]
pub(crate) struct Tables(RefCell<Vec<Weak<Table>>>);

impl Table {
    /// The table of the policy with this digest, which is in hexadecimal.
    pub(crate) fn new(digest: &str) -> Rc<Self> {
        let owner = http_fields::hex::decode(digest.as_bytes()).unwrap_or_default();
        let tag = owner.first_chunk().copied().map_or(1, u32::from_le_bytes);
        Rc::new(Self {
            owner,
            tag: tag.max(1),
            number: Cell::new(None),
            prefix: RefCell::default(),
            own_prefix: ["rate-limit/", digest, "/"].concat(),
        })
    }

    /// What the names of its sets begin with.
    pub(crate) fn prefix(&self, host: &dyn Host) -> Ref<'_, str> {
        if self.number.get().is_none() {
            let lent = PLACES.renew(&[self.owner], host).ok();
            match lent.and_then(|numbers| numbers.first().copied()) {
                Some(number) => self.is_at(number),
                None => {
                    Counter::TablesFull.count(host);
                    self.own_prefix.clone_into(&mut self.prefix.borrow_mut());
                }
            }
        }
        Ref::map(self.prefix.borrow(), String::as_str)
    }

    fn is_at(&self, number: usize) {
        if self.number.replace(Some(number)) != Some(number) {
            *self.prefix.borrow_mut() = ["rate-limit/", &number.to_string(), "/"].concat();
        }
    }
}

impl Tables {
    /// Takes these tables in.
    pub(crate) fn add<'a>(&self, tables: impl Iterator<Item = &'a Rc<Table>>) {
        let mut known = self.0.borrow_mut();
        known.retain(|table| table.strong_count() > 0);
        known.extend(tables.map(Rc::downgrade));
    }

    /// Keeps all tables for another while.
    pub(crate) fn renew(&self, host: &dyn Host) {
        let tables: Vec<Rc<Table>> = self.0.borrow().iter().filter_map(Weak::upgrade).collect();
        let owners: Vec<Owner> = tables.iter().map(|table| table.owner).collect();
        match PLACES.renew(&owners, host) {
            Ok(numbers) => {
                for (table, number) in tables.iter().zip(numbers) {
                    table.is_at(number);
                }
            }
            // They keep what they have; the next tick comes long before it's lent to others.
            Err(_) => Counter::TablesFull.count(host),
        }
    }
}

const PLACES: Places = Places::new("rate-limit/tables");
