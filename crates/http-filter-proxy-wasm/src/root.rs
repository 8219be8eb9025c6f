use crate::{
    calls::{self, Dispatched},
    context::Http,
    stream::Place,
    vm::Vm,
    waiting::Waiting,
};
use http_filter::{
    Call, CallResponse, FilterConfig, Host, Plugin,
    bounds::{MOST_CALLS, NEXT_BATCH},
};
use proxy_wasm::{
    hostcalls,
    traits::{Context, HttpContext, RootContext},
    types::{BufferType, ContextType},
};
use std::{collections::VecDeque, rc::Rc, time::Duration};

/// The root context of a plugin on one worker: its configuration, its timer, its own calls.
pub(crate) struct Root<C: FilterConfig> {
    context_id: u32,
    plugin: Option<Rc<Plugin<C>>>,
    waiting: Rc<Waiting<Place<C>>>,
    /// When the filter wants to tick, on its own account, as time since the Unix epoch.
    next_tick: Option<Duration>,
    /// Calls that no tick has sent yet, with the filter's own tokens.
    unsent: VecDeque<(u32, Call)>,
    /// Calls on their way, with the filter's own tokens.
    calls: Vec<(u32, Dispatched)>,
}

impl<C: FilterConfig> Root<C> {
    pub(crate) fn new(context_id: u32) -> Self {
        Self {
            context_id,
            plugin: None,
            waiting: Rc::default(),
            next_tick: None,
            unsent: VecDeque::new(),
            calls: Vec::new(),
        }
    }

    const VM: Vm = Vm { prefix: C::NAME };

    /// Sets the timer for whatever is due first. It repeats, so it's set at every tick.
    fn arm(&self) {
        let mut period = self
            .next_tick
            .map(|due| due.saturating_sub(Self::VM.now()).max(Duration::from_millis(1)));
        let backlog = (!self.unsent.is_empty()).then_some(NEXT_BATCH);
        for sooner in [self.waiting.next(), backlog].into_iter().flatten() {
            period = Some(period.map_or(sooner, |period| period.min(sooner)));
        }
        let _ = hostcalls::set_tick_period(period.unwrap_or_default().min(LONGEST));
    }

    /// Sends calls, at most as many as one callback may.
    fn send(&mut self, plugin: &Plugin<C>) {
        for _ in 0..MOST_CALLS {
            let Some((own_token, call)) = self.unsent.pop_front() else {
                break;
            };
            let after = match calls::dispatch(&call) {
                Ok(dispatched) => {
                    self.calls.push((own_token, dispatched));
                    continue;
                }
                Err(failure) => {
                    plugin
                        .config()
                        .on_call_response(own_token, CallResponse::Failed(failure), &Self::VM)
                }
            };
            self.next_tick = after
                .map(|after| Self::VM.now().saturating_add(after))
                .or(self.next_tick);
        }
    }

    fn answered(&mut self, token: u32, response: impl FnOnce(Dispatched) -> CallResponse) {
        let Some(place) = self.calls.iter().position(|(_, call)| call.token == token) else {
            return;
        };
        let (own_token, call) = self.calls.swap_remove(place);
        let Some(plugin) = &self.plugin else { return };
        if let Some(after) = plugin
            .config()
            .on_call_response(own_token, response(call), &Self::VM)
        {
            self.next_tick = Some(Self::VM.now().saturating_add(after));
        }
        self.arm();
    }
}

impl<C: FilterConfig> Context for Root<C> {
    fn on_http_call_response(&mut self, token: u32, num_headers: usize, body_size: usize, _: usize) {
        self.answered(token, |call| calls::http_response(call, num_headers, body_size));
    }

    fn on_grpc_call_response(&mut self, token: u32, status: u32, size: usize) {
        self.answered(token, |call| calls::grpc_response(call, status, size));
    }
}

impl<C: FilterConfig> RootContext for Root<C> {
    fn on_configure(&mut self, size: usize) -> bool {
        // Without configuration there's no buffer to ask for.
        let text = if size == 0 {
            None
        } else {
            hostcalls::get_buffer(BufferType::PluginConfiguration, 0, size)
                .ok()
                .flatten()
        };
        match Plugin::<C>::new(text.as_deref()) {
            Ok(plugin) => {
                self.next_tick = plugin
                    .config()
                    .first_tick()
                    .map(|first| Self::VM.now().saturating_add(first));
                self.plugin = Some(Rc::new(plugin));
                if self.next_tick.is_some() {
                    self.arm();
                }
                true
            }
            Err(error) => {
                log::error!("{}: the configuration is refused: {error}", C::NAME);
                false
            }
        }
    }

    fn on_tick(&mut self) {
        let Some(plugin) = self.plugin.clone() else { return };
        // While requests wait, the filter is asked more often than it wants, but not for every batch of them.
        let asked_lately =
            self.waiting.next() == Some(NEXT_BATCH) && Self::VM.now() < self.next_tick.unwrap_or_default();
        if self.next_tick.is_some() && !asked_lately {
            let tick = plugin.config().on_tick(&Self::VM);
            self.next_tick = tick.next.map(|after| Self::VM.now().saturating_add(after));
            self.unsent.extend(tick.calls);
        }
        self.send(&plugin);
        self.waiting
            .wake(self.context_id, || plugin.config().progress(&Self::VM));
        self.arm();
    }

    fn create_http_context(&self, context_id: u32) -> Option<Box<dyn HttpContext>> {
        let stream = self.plugin.as_ref().map(Plugin::stream);
        Some(Box::new(Http::new(context_id, stream, Rc::clone(&self.waiting))))
    }

    fn get_type(&self) -> Option<ContextType> {
        Some(ContextType::HttpContext)
    }
}

/// Envoy's timer takes milliseconds in 32 bits.
const LONGEST: Duration = Duration::from_secs(86_400);
