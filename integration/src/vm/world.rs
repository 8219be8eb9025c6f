use super::{
    callout::Answer,
    flow::Event,
    instance::{Options, Program, Vm},
    message,
    process::Process,
    stream::Stream,
};
use crate::module;
use http_filter::Headers;

/// A VM with the probe in it (`integration/probe`), and a process to itself.
pub struct World {
    /// The process.
    pub process: Process,
    /// The VM.
    pub vm: Vm,
}

impl World {
    /// Starts the probe without a configuration, with `allow_on_headers_stop_iteration` or without.
    pub fn new(stop_iteration: bool) -> Self {
        let process = Process::default();
        let options = Options {
            stop_iteration,
            ..Options::default()
        };
        let mut vm = Vm::new(&Program::load(&module::probe()), &process, options);
        assert!(vm.configure(None), "{:?}", process.log());
        Self { process, vm }
    }

    /// Sends a request without a body.
    pub fn send(&mut self, request: Headers) -> Stream {
        let stream = self.vm.new_stream();
        self.vm.request(stream, Event::message(request, &[], None));
        stream
    }

    /// Answers with 200.
    pub fn respond(&mut self, stream: Stream, chunks: &[&[u8]], trailers: Option<Headers>) {
        self.vm
            .respond(stream, Event::message(message::status(200), chunks, trailers));
    }

    /// A field of the request as the upstream has it.
    pub fn upstream(&mut self, stream: Stream, name: &str) -> Option<String> {
        text(self.vm.upstream(stream).headers?.combined(name)?)
    }

    /// A field of the response as the client has it.
    pub fn client(&mut self, stream: Stream, name: &str) -> Option<String> {
        text(self.vm.client(stream).headers?.combined(name)?)
    }

    /// Answers the one callout there is.
    pub fn answer(&mut self, answer: Answer) {
        let callouts = self.vm.take_callouts();
        assert_eq!(callouts.len(), 1);
        self.vm.answer(&callouts[0], answer);
    }

    /// A counter of the probe's.
    pub fn counter(&self, name: &str) -> u64 {
        self.process.counter(&format!("probe.{name}"))
    }
}

fn text(bytes: impl AsRef<[u8]>) -> Option<String> {
    Some(String::from_utf8_lossy(bytes.as_ref()).into_owned())
}
