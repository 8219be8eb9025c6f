//! The format of `cases/*.yaml`.

pub(crate) mod case;
pub(crate) mod file;
pub(crate) mod message;

pub use self::{
    case::{Case, Exchange, Tier},
    file::CaseFile,
    message::{Answer, Failure, Request, Response},
};
pub use crate::{
    expect::{Expect, Seen},
    text::{Text, lines},
};
