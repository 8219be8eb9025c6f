use super::{
    host::Host,
    status::{Fault, Status},
};
use wasmi::{Caller, Error, Extern, Memory};

/// The module during a host call: its memory, and the host's own state.
pub(crate) struct Guest<'a> {
    caller: Caller<'a, Host>,
    memory: Memory,
}

impl<'a> Guest<'a> {
    /// Runs one host call: counts it, and turns its outcome into the number that the module gets.
    pub(crate) fn enter(
        caller: Caller<'a, Host>,
        name: &'static str,
        call: impl FnOnce(&mut Self) -> Result<(), Fault>,
    ) -> Result<u32, Error> {
        let memory = match caller.get_export("memory") {
            Some(Extern::Memory(memory)) => memory,
            _ => return Err(Error::new("the module exports no memory")),
        };
        let mut guest = Guest { caller, memory };
        let host = guest.host();
        *host.hostcalls.entry(name).or_default() += 1;
        if host.initialising && name.starts_with("proxy_") && name != "proxy_log" {
            return Err(Error::new(format!(
                "{name} is a restricted callback while the module initialises"
            )));
        }
        match call(&mut guest) {
            Ok(()) => Ok(0),
            Err(Fault::Answer(status)) => Ok(status as u32),
            Err(Fault::Trap(error)) => Err(error),
        }
    }

    pub(crate) fn host(&mut self) -> &mut Host {
        self.caller.data_mut()
    }

    /// The bytes at an address.
    pub(crate) fn bytes(&self, at: u32, length: u32) -> Result<Vec<u8>, Fault> {
        let (at, length) = (at as usize, length as usize);
        let bytes = self.memory.data(&self.caller).get(at..at.saturating_add(length));
        Ok(bytes.ok_or(Status::InvalidMemoryAccess)?.to_vec())
    }

    /// A text at an address; where Envoy takes any bytes, ours are always UTF-8.
    pub(crate) fn text(&self, at: u32, length: u32) -> Result<String, Fault> {
        String::from_utf8(self.bytes(at, length)?).map_err(|_| Fault::trap("a name is no UTF-8"))
    }

    /// A number at an address.
    pub(crate) fn number(&self, at: u32) -> Result<u32, Fault> {
        let bytes = self.bytes(at, 4)?;
        Ok(bytes
            .iter()
            .rev()
            .fold(0, |all, byte| all << 8 | u32::from(*byte)))
    }

    /// Writes into the module's memory.
    pub(crate) fn write(&mut self, at: u32, bytes: &[u8]) -> Result<(), Fault> {
        let written = self.memory.write(&mut self.caller, at as usize, bytes);
        Ok(written.map_err(|_| Status::InvalidMemoryAccess)?)
    }

    /// Hands bytes over: in memory that the module allocates for them, its address and their length where the module
    /// wants them. Nothing at all is a null pointer.
    pub(crate) fn give(&mut self, bytes: &[u8], address_at: u32, length_at: u32) -> Result<(), Fault> {
        let address = if bytes.is_empty() {
            0
        } else {
            self.allocate(bytes.len() as u32)?
        };
        self.write(address, bytes)?;
        self.write(address_at, &address.to_le_bytes())?;
        self.write(length_at, &(bytes.len() as u32).to_le_bytes())
    }

    fn allocate(&mut self, length: u32) -> Result<u32, Fault> {
        let Some(Extern::Func(allocate)) = self.caller.get_export("proxy_on_memory_allocate") else {
            return Err(Fault::trap("the module allocates no memory"));
        };
        let allocate = allocate.typed::<u32, u32>(&self.caller)?;
        Ok(allocate.call(&mut self.caller, length)?)
    }
}
