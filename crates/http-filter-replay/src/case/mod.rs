//! The format of `cases/*.yaml`.

pub(crate) mod definition;
pub(crate) mod file;
pub(crate) mod message;

pub use self::{
    definition::{Case, Exchange, Tier},
    file::CaseFile,
    message::{Answer, Failure, Request, Response},
};
pub use crate::{
    expect::{Expect, Seen},
    text::{Text, lines},
};
