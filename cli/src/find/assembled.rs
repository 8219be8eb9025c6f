use super::{Chain, Slot};

/// A chain whose filters may stand in several files.
#[derive(Clone)]
pub struct Assembled {
    /// The chain.
    pub chain: Chain,
    /// The number of the file of each filter.
    pub files: Vec<usize>,
}

impl Assembled {
    /// The filters, each with the number of its file.
    pub fn slots(&self) -> impl Iterator<Item = (usize, &Slot)> {
        self.files.iter().copied().zip(&self.chain.slots)
    }

    /// The same chain with the filters of suites in the suites' places.
    #[must_use]
    pub fn of_single_filters(mut self) -> Self {
        let parts: Vec<Vec<Slot>> = self.chain.slots.iter().map(Slot::single).collect();
        for other in &mut self.chain.others {
            other.before = parts.iter().take(other.before).map(Vec::len).sum();
        }
        let files = self.files.iter().zip(&parts);
        self.files = files.flat_map(|(file, parts)| vec![*file; parts.len()]).collect();
        self.chain.slots = parts.into_iter().flatten().collect();
        self
    }
}

/// Makes one chain of those that manifests of one scope make up, in the control plane's order. Each comes with the
/// number of its file.
pub fn assemble(chains: Vec<(usize, Chain)>) -> Vec<Assembled> {
    let mut joined: Vec<Assembled> = Vec::new();
    for (file, chain) in chains {
        let files = vec![file; chain.slots.len()];
        let partner = joined
            .iter_mut()
            .find(|other| chain.scope.is_some() && other.chain.scope == chain.scope);
        match partner {
            Some(other) => {
                other.files.extend(files);
                other.chain.slots.extend(chain.slots);
            }
            None => joined.push(Assembled { chain, files }),
        }
    }
    for assembled in &mut joined {
        let mut order: Vec<_> = assembled
            .files
            .drain(..)
            .zip(assembled.chain.slots.drain(..))
            .collect();
        order.sort_by_key(|(_, slot)| slot.order());
        (assembled.files, assembled.chain.slots) = order.into_iter().unzip();
    }
    joined
}
