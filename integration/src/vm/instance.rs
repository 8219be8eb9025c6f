use super::{
    action::AfterCall,
    callout::{Answer, Callout, Dispatch},
    host::Host,
    imports,
    process::Process,
};
use std::{collections::BTreeMap, path::Path, time::Duration};
use wasmi::{Config, Engine, ExternType, Instance, Linker, Module, Store, Val};

/// A module, compiled: any number of VMs run it.
pub struct Program {
    engine: Engine,
    module: Module,
    linker: Linker<Host>,
}

impl Program {
    /// Reads a module.
    ///
    /// # Panics
    /// When there is none, or when it's invalid.
    pub fn load(path: &Path) -> Self {
        let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self::new(&bytes)
    }

    /// Compiles a module.
    ///
    /// # Panics
    /// When it's invalid.
    pub fn new(module: &[u8]) -> Self {
        let engine = Engine::new(Config::default().consume_fuel(true));
        let module = Module::new(&engine, module).unwrap_or_else(|error| panic!("no module: {error}"));
        let linker = imports::linker(&engine).unwrap();
        Self {
            engine,
            module,
            linker,
        }
    }

    /// What the module imports, as module and name.
    pub fn imports(&self) -> Vec<(String, String)> {
        let imports = self.module.imports();
        imports
            .map(|import| (import.module().to_owned(), import.name().to_owned()))
            .collect()
    }

    /// The names of what the module exports.
    pub fn exports(&self) -> Vec<String> {
        self.module
            .exports()
            .map(|export| export.name().to_owned())
            .collect()
    }
}

/// How a plugin is set up in Envoy.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The name space of shared data.
    pub vm_id: String,
    /// `allow_on_headers_stop_iteration`: while headers are held, bodies are shown to the filter.
    pub stop_iteration: bool,
}

/// One instance of a module, on one worker, with one plugin.
pub struct Vm {
    pub(crate) store: Store<Host>,
    pub(crate) options: Options,
    instance: Instance,
    next_context: u32,
    instructions: u64,
}

/// What a callback came to.
pub(crate) struct Called {
    /// Its result; `None` where the module doesn't export it or where it has none.
    pub(crate) result: Option<u32>,
    /// Whether the stream stops, whatever the result says.
    pub(crate) stopped: bool,
    /// What is to be done now, by context.
    pub(crate) after: Vec<(u32, AfterCall)>,
}

impl Vm {
    /// Starts an instance.
    ///
    /// # Panics
    /// When an import is missing, or when the module traps.
    pub fn new(program: &Program, process: &Process, options: Options) -> Self {
        let mut store = Store::new(&program.engine, Host::new(process, &options.vm_id));
        store.set_fuel(MOST_INSTRUCTIONS).unwrap();
        let instance = program
            .linker
            .instantiate_and_start(&mut store, &program.module)
            .unwrap_or_else(|error| panic!("the module can't be linked, as in Envoy: {error}"));
        let mut vm = Self {
            store,
            options,
            instance,
            next_context: 1,
            instructions: 0,
        };
        vm.call("_initialize", &[]);
        vm.host().initialising = false;
        vm
    }

    /// Configures the plugin, with JSON or with nothing; whether it accepts. A second configuration replaces the first,
    /// as an update in Envoy does: in the same VM, by another root context.
    pub fn configure(&mut self, configuration: Option<&str>) -> bool {
        let bytes = configuration.unwrap_or_default().as_bytes().to_vec();
        let old = self.host().root;
        let root = self.create_context(0);
        self.host().root = root;
        assert_eq!(self.call("proxy_on_vm_start", &[root, 0]).result, Some(1));
        let length = bytes.len() as u32;
        self.host().configuration = Some(bytes);
        let called = self.call("proxy_on_configure", &[root, length]);
        self.host().configuration = None;
        self.act(called.after);
        let accepted = called.result == Some(1);
        match (accepted, old) {
            (true, 0) => {}
            (true, old) => {
                self.call("proxy_on_done", &[old]);
                self.call("proxy_on_delete", &[old]);
            }
            (false, old) => self.host().root = old,
        }
        accepted
    }

    /// Says what becomes of callouts when they're to be sent; without it, all are.
    pub fn on_dispatch(&mut self, clusters: impl FnMut(&Callout) -> Dispatch + 'static) {
        self.host().clusters = Box::new(clusters);
    }

    /// Offers the foreign function `verify_signature`: hash, key, signature and text to a verdict.
    pub fn offer_verification(&mut self, verify: impl Fn(&str, &[u8], &[u8], &[u8]) -> bool + 'static) {
        self.host().verify = Some(Box::new(verify));
    }

    /// The callouts that wait to be answered, in order.
    pub fn take_callouts(&mut self) -> Vec<Callout> {
        std::mem::take(&mut self.host().callouts)
    }

    /// Answers a callout.
    pub fn answer(&mut self, callout: &Callout, answer: Answer) {
        let (root, token) = (self.host().root, callout.token);
        let called = match answer {
            Answer::Http { headers, body } => {
                let arguments = [root, token, headers.len() as u32, body.len() as u32, 0];
                self.host().http_answer = Some((headers, body));
                self.call("proxy_on_http_call_response", &arguments)
            }
            Answer::Reset => self.call("proxy_on_http_call_response", &[root, token, 0, 0, 0]),
            Answer::GrpcMessage(message) => {
                let length = message.len() as u32;
                self.host().grpc_message = Some(message);
                self.call("proxy_on_grpc_receive", &[root, token, length])
            }
            Answer::GrpcStatus(status) => self.call("proxy_on_grpc_close", &[root, token, status]),
        };
        self.host().http_answer = None;
        self.host().grpc_message = None;
        self.act(called.after);
    }

    /// When the timer fires next, by the process's elapsed time.
    pub fn tick_due(&mut self) -> Option<Duration> {
        self.host().due
    }

    /// Fires the timer.
    pub fn tick(&mut self) {
        let root = self.host().root;
        let called = self.call("proxy_on_tick", &[root]);
        self.act(called.after);
        self.host().arm();
    }

    /// Lets time pass, firing the timer whenever it's due.
    pub fn run(&mut self, time: Duration) {
        Self::run_all(&mut [self], time, |_| {});
    }

    /// Lets time pass for all VMs of a process, firing every timer when it's due; `after_tick` may answer callouts.
    pub fn run_all(vms: &mut [&mut Self], time: Duration, mut after_tick: impl FnMut(&mut Self)) {
        let Some(first) = vms.first_mut() else { return };
        let process = first.host().process.clone();
        let until = process.elapsed() + time;
        let next = |vms: &mut [&mut Self]| {
            let due = vms.iter_mut().enumerate();
            due.filter_map(|(index, vm)| Some((vm.tick_due()?, index))).min()
        };
        while let Some((due, index)) = next(vms).filter(|(due, _)| *due <= until) {
            process.advance(due.saturating_sub(process.elapsed()));
            vms[index].tick();
            after_tick(vms[index]);
        }
        process.advance(until.saturating_sub(process.elapsed()));
    }

    /// How often each host call was made.
    pub fn hostcalls(&mut self) -> BTreeMap<&'static str, u64> {
        self.host().hostcalls.clone()
    }

    /// How many instructions ran, as the interpreter weighs them: the same in every run.
    pub fn instructions(&self) -> u64 {
        self.instructions
    }

    /// Counts host calls and instructions from now on.
    pub fn reset_counts(&mut self) {
        self.instructions = 0;
        self.host().hostcalls.clear();
    }

    /// The size of the module's memory in bytes: it never shrinks.
    pub fn memory(&self) -> usize {
        let memory = self.instance.get_memory(&self.store, "memory");
        memory.map_or(0, |memory| memory.data_size(&self.store))
    }

    pub(crate) fn host(&mut self) -> &mut Host {
        self.store.data_mut()
    }

    /// Has the module create a context under another, and gives its number.
    pub(crate) fn create_context(&mut self, parent: u32) -> u32 {
        let context = self.next_context;
        self.next_context += 1;
        self.call("proxy_on_context_create", &[context, parent]);
        context
    }

    /// Calls an export about the context that its first argument names. One that isn't there is skipped.
    pub(crate) fn call(&mut self, export: &str, arguments: &[u32]) -> Called {
        let host = self.host();
        host.current = arguments.first().copied().unwrap_or_default();
        host.effective = 0;
        host.stop_next = false;
        host.calling.clear();
        self.store.set_fuel(MOST_INSTRUCTIONS).unwrap();
        let result = self.instance.get_func(&self.store, export).and_then(|function| {
            let arguments: Vec<Val> = arguments
                .iter()
                .map(|argument| Val::I32(*argument as i32))
                .collect();
            let mut results = vec![Val::I32(0); function.ty(&self.store).results().len()];
            function
                .call(&mut self.store, &arguments, &mut results)
                .unwrap_or_else(|error| self.trapped(export, &error));
            results.first().and_then(Val::i32).map(|result| result as u32)
        });
        self.instructions += MOST_INSTRUCTIONS - self.store.get_fuel().unwrap();
        let host = self.host();
        Called {
            result,
            stopped: std::mem::take(&mut host.stop_next),
            after: std::mem::take(&mut host.after),
        }
    }

    fn trapped(&self, export: &str, error: &wasmi::Error) -> ! {
        let log = self.store.data().process.log();
        let last: Vec<_> = log.iter().rev().take(3).map(|line| line.text.as_str()).collect();
        panic!("trap in {export}: {error}; logged last: {last:#?}")
    }

    /// Whether the module exports a function of this name.
    pub fn exports(&self, name: &str) -> bool {
        let export = self.instance.get_export(&self.store, name);
        export.is_some_and(|export| matches!(export.ty(&self.store), ExternType::Func(_)))
    }
}

/// The most instructions that one callback may take, some seconds of an Envoy worker: an endless loop is a trap here.
const MOST_INSTRUCTIONS: u64 = 4_000_000_000;
