use wasmi::Error;

/// What a host call answers, by its number in the ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub(crate) enum Status {
    NotFound = 1,
    BadArgument = 2,
    SerializationFailure = 3,
    ParseFailure = 4,
    InvalidMemoryAccess = 6,
    CasMismatch = 8,
    InternalFailure = 10,
}

/// Why a host call does not answer with success.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The module gets this status.
    Answer(Status),
    /// The module does what must never happen.
    Trap(Error),
}

impl Fault {
    pub(crate) fn trap(message: impl Into<String>) -> Self {
        Self::Trap(Error::new(message.into()))
    }
}

impl From<Status> for Fault {
    fn from(status: Status) -> Self {
        Self::Answer(status)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Trap(error)
    }
}
