use super::{
    action::AfterCall,
    callout::{Callout, Dispatch},
    fields::Fields,
    flow::{Direction, Flow},
    process::Process,
    status::Fault,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// Stands for BoringSSL: hash, key, signature and text to a verdict.
pub type VerifySignature = dyn Fn(&str, &[u8], &[u8], &[u8]) -> bool;

/// All that the host knows of one VM.
pub(crate) struct Host {
    pub(crate) process: Process,
    pub(crate) vm_id: String,
    /// Before the module has run its own start-up code, hardly any host call is there.
    pub(crate) initialising: bool,
    /// The plugin's configuration, while it's being configured.
    pub(crate) configuration: Option<Vec<u8>>,
    pub(crate) root: u32,
    /// The context that Envoy called.
    pub(crate) current: u32,
    /// The context that the module has chosen instead; 0 for none.
    pub(crate) effective: u32,
    pub(crate) streams: BTreeMap<u32, StreamState>,
    /// A local reply is on its way: whatever the callback returns, the stream stops.
    pub(crate) stop_next: bool,
    pub(crate) after: Vec<(u32, AfterCall)>,
    /// The contexts that have sent a callout in this callback.
    pub(crate) calling: Vec<u32>,
    pub(crate) period: Duration,
    /// When the timer fires, by the process's elapsed time.
    pub(crate) due: Option<Duration>,
    pub(crate) next_http_token: u32,
    pub(crate) next_grpc_token: u32,
    pub(crate) callouts: Vec<Callout>,
    pub(crate) clusters: Box<dyn FnMut(&Callout) -> Dispatch>,
    /// The answer to an HTTP callout, while it's being announced.
    pub(crate) http_answer: Option<(Fields, Vec<u8>)>,
    /// The answer to a gRPC callout, while it's being announced.
    pub(crate) grpc_message: Option<Vec<u8>>,
    /// The counters' names, by id.
    pub(crate) counters: Vec<String>,
    pub(crate) verify: Option<Box<VerifySignature>>,
    pub(crate) hostcalls: BTreeMap<&'static str, u64>,
}

/// One stream.
#[derive(Default)]
pub(crate) struct StreamState {
    pub(crate) request: Flow,
    pub(crate) response: Flow,
    /// What Envoy knows of it, by dotted path.
    pub(crate) properties: BTreeMap<String, Vec<u8>>,
    /// Properties that exist and can't be serialised.
    pub(crate) unreadable: BTreeSet<String>,
    /// What the module published.
    pub(crate) published: BTreeMap<String, Vec<u8>>,
    pub(crate) route_cache_clears: u32,
    /// The stream was broken off.
    pub(crate) reset: bool,
    /// The access log is being written: header maps may be read again.
    pub(crate) logging: bool,
    /// The response is a local reply, so the upstream's is not wanted any more.
    pub(crate) replied: bool,
}

impl StreamState {
    pub(crate) fn flow(&mut self, direction: Direction) -> &mut Flow {
        match direction {
            Direction::Request => &mut self.request,
            Direction::Response => &mut self.response,
        }
    }
}

impl Host {
    pub(crate) fn new(process: &Process, vm_id: &str) -> Self {
        Self {
            process: process.clone(),
            vm_id: vm_id.to_owned(),
            initialising: true,
            configuration: None,
            root: 0,
            current: 0,
            effective: 0,
            streams: BTreeMap::new(),
            stop_next: false,
            after: Vec::new(),
            calling: Vec::new(),
            period: Duration::ZERO,
            due: None,
            next_http_token: 0,
            next_grpc_token: 0,
            callouts: Vec::new(),
            clusters: Box::new(|_| Dispatch::Sent),
            http_answer: None,
            grpc_message: None,
            counters: Vec::new(),
            verify: None,
            hostcalls: BTreeMap::new(),
        }
    }

    /// The context that a host call is about.
    pub(crate) fn context(&self) -> u32 {
        if self.effective == self.root || self.streams.contains_key(&self.effective) {
            self.effective
        } else {
            self.current
        }
    }

    /// The stream that a host call is about; `None` in the root context.
    pub(crate) fn stream(&mut self) -> Option<&mut StreamState> {
        let context = self.context();
        self.streams.get_mut(&context)
    }

    /// Has something done once the callback has returned.
    pub(crate) fn later(&mut self, action: AfterCall) {
        let context = self.context();
        self.after.push((context, action));
    }

    /// Sets the timer anew; zero stops it.
    pub(crate) fn set_period(&mut self, period: Duration) {
        self.period = period;
        self.arm();
    }

    /// Lets the timer run for another period.
    pub(crate) fn arm(&mut self) {
        self.due = (!self.period.is_zero()).then(|| self.process.elapsed() + self.period);
    }
}

/// Refuses what no header map of Envoy's may hold: Envoy itself would send it on, or abort in a debug build.
pub(crate) fn check_field(name: &str, value: &[u8]) -> Result<(), Fault> {
    if value.iter().any(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
        return Err(Fault::trap(format!(
            "the header {name} is given a value with CR, LF or NUL"
        )));
    }
    let token = name.strip_prefix(':').unwrap_or(name);
    if http_fields::is_token(token.as_bytes()) {
        Ok(())
    } else {
        Err(Fault::trap(format!("{name:?} is no header's name")))
    }
}
