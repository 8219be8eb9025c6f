use super::status::Status;
use std::collections::BTreeMap;

/// The values that the VMs of a process share, by VM id and key. Nothing is ever deleted.
#[derive(Debug)]
pub struct SharedData {
    values: BTreeMap<(String, String), (Vec<u8>, u32)>,
    next_version: u32,
}

impl Default for SharedData {
    fn default() -> Self {
        Self {
            values: BTreeMap::new(),
            next_version: 1,
        }
    }
}

impl SharedData {
    /// The value under a key, and its version.
    pub fn get(&self, vm_id: &str, key: &str) -> Option<(Vec<u8>, u32)> {
        self.values.get(&(vm_id.to_owned(), key.to_owned())).cloned()
    }

    /// Stores a value. A version other than 0 must be the stored one, if there is one: for a key that does not exist any
    /// version will do. Versions count all writes of the process, whatever their VM id and key; 0 is skipped.
    pub(crate) fn set(&mut self, vm_id: &str, key: &str, value: &[u8], version: u32) -> Result<(), Status> {
        let id = (vm_id.to_owned(), key.to_owned());
        if let Some((_, stored)) = self.values.get(&id)
            && version != 0
            && version != *stored
        {
            return Err(Status::CasMismatch);
        }
        self.values.insert(id, (value.to_vec(), self.next_version));
        self.next_version = self.next_version.wrapping_add(1).max(1);
        Ok(())
    }

    /// Every key of a VM id: they are never deleted, so their number is memory.
    pub fn keys(&self, vm_id: &str) -> Vec<String> {
        let of_vm = self.values.keys().filter(|(id, _)| id == vm_id);
        of_vm.map(|(_, key)| key.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_those_of_envoy() {
        let mut data = SharedData::default();
        assert_eq!(data.set("a", "k", b"1", u32::MAX), Ok(()), "any version creates");
        assert_eq!(data.get("a", "k"), Some((b"1".to_vec(), 1)));
        assert_eq!(data.set("a", "k", b"2", u32::MAX), Err(Status::CasMismatch));
        assert_eq!(data.set("b", "k", b"3", 0), Ok(()));
        assert_eq!(
            data.get("b", "k"),
            Some((b"3".to_vec(), 2)),
            "one counter for all"
        );
        assert_eq!(data.set("a", "k", b"4", 1), Ok(()));
        assert_eq!(data.set("a", "k", b"5", 1), Err(Status::CasMismatch));
        assert_eq!(data.set("a", "k", b"6", 0), Ok(()), "0 overwrites");
        assert_eq!(data.get("a", "k"), Some((b"6".to_vec(), 4)));
        assert_eq!(data.keys("a"), ["k"]);
    }
}
