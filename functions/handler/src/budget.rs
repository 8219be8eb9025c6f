//! How much work one request may cause.

/// Steps and bytes that are left. A body of 256 KiB can ask for gigabytes (flattening repeats the names of outer members) or
/// for hours (a thousand paths in ten thousand elements): everything a request multiplies is paid for from here first.
#[derive(Debug)]
pub(crate) struct Budget(usize);

impl Budget {
    pub(crate) fn for_one_request() -> Self {
        Self(LIMIT)
    }

    /// Takes `amount`, or says that there isn't that much left.
    pub(crate) fn spend(&mut self, amount: usize) -> Result<(), String> {
        self.0 = self
            .0
            .checked_sub(amount)
            .ok_or("this is more work than one request may cause")?;
        Ok(())
    }
}

const LIMIT: usize = 8 * 1024 * 1024;
