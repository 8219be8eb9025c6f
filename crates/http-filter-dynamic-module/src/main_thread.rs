//! What a filter does outside requests, on Envoy's main thread: it ticks, and makes the calls that come of it.

use crate::{
    Entry,
    answer::Answer,
    calls,
    counters::{Counting, FAILED},
    filter::{Filter, Sent},
    http_stream::HttpStream,
    instance::Instance,
    native_host::NativeHost,
    timer::Timer,
};
use envoy_dynamic_module_abi::{CallEvent, Configuration, FilterConfiguration, HttpFilter, Stream};
use http_filter::{Call, CallFailure, CallResponse, ConfigError};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

impl Filter {
    /// Compiles a configuration, on the main thread.
    pub(crate) fn configure(
        configuration: &Configuration<'_>,
        entry: &'static Entry,
        name_space: &str,
        document: &[u8],
    ) -> Result<Arc<Self>, ConfigError> {
        let instance = Instance::new((entry.build)(document)?);
        let plugin = instance.plugin.as_ref();
        let filter = Arc::new(Self::new(configuration, entry, name_space, document, plugin));
        if let Some(first) = instance.plugin.first_tick() {
            filter.wake_after(first);
        }
        Rc::new(instance).keep(&filter);
        Ok(filter)
    }

    fn host<'a>(&'a self, configuration: &'a Configuration<'a>) -> NativeHost<'a> {
        NativeHost::of_configuration(self.name(), self.name_space(), &self.counters, configuration)
    }

    /// Ticks on the main thread, and sends the calls that come of it.
    fn tick(&self, instance: &Instance, configuration: &Configuration<'_>) {
        let is_waited_for = self.takes_hurry();
        let calls = instance.tick(is_waited_for, &self.host(configuration));
        for (token, call) in calls {
            self.send(token, &call, instance, configuration);
        }
        if let Some(after) = instance.next_tick() {
            self.wake_after(after);
        }
    }

    fn send(&self, token: u32, call: &Call, instance: &Instance, configuration: &Configuration<'_>) {
        let answer = Answer::to(call);
        self.calls().push(Sent {
            id: None,
            token,
            answer,
        });
        let sent = calls::send(call, |outgoing| configuration.call(outgoing));
        let unknown = |sent: &Sent| sent.id.is_none();
        match sent {
            Ok(id) => {
                // It's gone where its answer has come already.
                if let Some(sent) = self.calls().iter_mut().find(|sent| unknown(sent)) {
                    sent.id = Some(id);
                }
            }
            Err(_) => {
                self.calls().retain(|sent| !unknown(sent));
                let failed = CallResponse::Failed(CallFailure::NotDispatched);
                self.answered(token, failed, instance, configuration);
            }
        }
    }

    fn answered(
        &self,
        token: u32,
        response: CallResponse,
        instance: &Instance,
        configuration: &Configuration<'_>,
    ) {
        let host = self.host(configuration);
        instance.tick_after(instance.plugin.on_call_response(token, response, &host));
        // Whoever waits may find now what it waits for.
        Timer::of_process().wake_all(self.owner());
    }

    /// Finds the call that Envoy calls `id`, takes in what has come of its answer, and forgets it when that is all.
    fn take_in(&self, id: u64, event: CallEvent<'_>) -> Option<(u32, CallResponse)> {
        let mut calls = self.calls();
        let known = calls.iter().position(|sent| sent.id == Some(id));
        let place = known.or_else(|| calls.iter().position(|sent| sent.id.is_none()))?;
        let sent = calls.get_mut(place)?;
        sent.id = Some(id);
        let response = sent.answer.take_in(event)?;
        let sent = calls.swap_remove(place);
        Some((sent.token, response))
    }

    /// Runs work of the main thread. When it fails, what it was about is begun anew at the next tick.
    fn guarded(&self, configuration: &Configuration<'_>, work: impl FnOnce(&Instance)) {
        let Some(instance) = Instance::known(self) else {
            return;
        };
        if let Err(payload) = catch_unwind(AssertUnwindSafe(|| work(&instance))) {
            std::mem::forget(payload);
            self.counters
                .add(Counting::Configuration(configuration), self.name(), FAILED, 1);
            instance.tick_after(Some(AFTER_FAILURE));
            self.wake_after(AFTER_FAILURE);
        }
    }
}

impl FilterConfiguration for Filter {
    fn filter(self: Arc<Self>, _: &Stream<'_>) -> Option<Rc<dyn HttpFilter>> {
        let instance = Instance::of(&self)?;
        Some(Rc::new(HttpStream::new(self, instance)))
    }

    fn scheduled(&self, configuration: &Configuration<'_>, _: u64) {
        self.waker.looked();
        self.guarded(configuration, |instance| self.tick(instance, configuration));
    }

    fn call_event(&self, configuration: &Configuration<'_>, call: u64, event: CallEvent<'_>) {
        let is_over = matches!(event, CallEvent::Complete | CallEvent::Reset);
        let Some((token, response)) = self.take_in(call, event) else {
            return;
        };
        if !is_over {
            configuration.reset_call(call);
        }
        self.guarded(configuration, |instance| {
            self.answered(token, response, instance, configuration);
            if let Some(after) = instance.next_tick() {
                self.wake_after(after);
            }
        });
    }

    fn destroyed(&self) {
        self.waker.close();
        Instance::forget(self);
    }
}

/// How long the main thread leaves a filter alone that has failed.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
