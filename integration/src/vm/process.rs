use super::shared_data::SharedData;
use std::{
    cell::{Cell, Ref, RefCell},
    collections::BTreeMap,
    rc::Rc,
    time::Duration,
};

/// What the VMs of one Envoy share.
#[derive(Clone, Default)]
pub struct Process(Rc<Shared>);

struct Shared {
    clock: Cell<Duration>,
    elapsed: Cell<Duration>,
    seed: Cell<u64>,
    data: RefCell<SharedData>,
    after_get: RefCell<Option<Box<AfterGet>>>,
    counters: RefCell<BTreeMap<String, u64>>,
    log: RefCell<Vec<LogLine>>,
}

type AfterGet = dyn FnMut(&str);

impl Default for Shared {
    fn default() -> Self {
        Self {
            clock: Cell::new(Duration::from_secs(1_800_000_000)),
            elapsed: Cell::default(),
            seed: Cell::new(0x9e37_79b9_7f4a_7c15),
            data: RefCell::default(),
            after_get: RefCell::default(),
            counters: RefCell::default(),
            log: RefCell::default(),
        }
    }
}

/// A line that a module logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// As in the ABI: 0 trace, 1 debug, 2 info, 3 warn, 4 error, 5 critical.
    pub level: u32,
    /// What it says.
    pub text: String,
}

impl Process {
    /// The time since the Unix epoch.
    pub fn now(&self) -> Duration {
        self.0.clock.get()
    }

    /// The time since the process began: what timers go by.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed.get()
    }

    /// Lets time pass. Nothing ticks by itself.
    pub fn advance(&self, by: Duration) {
        self.0.clock.set(self.now() + by);
        self.0.elapsed.set(self.elapsed() + by);
    }

    /// Sets the clock, forwards or backwards; timers don't notice.
    pub fn set_clock(&self, now: Duration) {
        self.0.clock.set(now);
    }

    /// Has `action` run whenever a VM has read shared data under some key, before it goes on: what another worker may do
    /// between a read and a write. What the action itself reads doesn't count.
    pub fn after_get(&self, action: impl FnMut(&str) + 'static) {
        *self.0.after_get.borrow_mut() = Some(Box::new(action));
    }

    /// Shared data, to look at.
    pub fn shared_data(&self) -> Ref<'_, SharedData> {
        self.0.data.borrow()
    }

    /// Stores shared data as another VM might.
    pub fn set_shared_data(&self, vm_id: &str, key: &str, value: &[u8]) {
        // Version 0 always stores.
        let _ = self.0.data.borrow_mut().set(vm_id, key, value, 0);
    }

    /// The counter of this full name, over all VMs.
    pub fn counter(&self, name: &str) -> u64 {
        self.0.counters.borrow().get(name).copied().unwrap_or_default()
    }

    /// All counters that ever counted.
    pub fn counters(&self) -> BTreeMap<String, u64> {
        self.0.counters.borrow().clone()
    }

    /// Everything logged so far.
    pub fn log(&self) -> Vec<LogLine> {
        self.0.log.borrow().clone()
    }

    /// Whether some logged line contains `text`.
    pub fn logged(&self, text: &str) -> bool {
        self.0.log.borrow().iter().any(|line| line.text.contains(text))
    }

    pub(crate) fn data_mut(&self) -> std::cell::RefMut<'_, SharedData> {
        self.0.data.borrow_mut()
    }

    pub(crate) fn run_after_get(&self, key: &str) {
        let action = self.0.after_get.borrow_mut().take();
        if let Some(mut action) = action {
            action(key);
            self.0.after_get.borrow_mut().get_or_insert(action);
        }
    }

    pub(crate) fn count(&self, name: &str, by: u64) {
        *self.0.counters.borrow_mut().entry(name.to_owned()).or_default() += by;
    }

    pub(crate) fn write_log(&self, level: u32, text: String) {
        self.0.log.borrow_mut().push(LogLine { level, text });
    }

    /// SplitMix64: the same numbers in every run.
    pub(crate) fn random(&self) -> u64 {
        let seed = self.0.seed.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0.seed.set(seed);
        let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
