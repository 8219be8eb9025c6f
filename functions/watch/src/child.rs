//! The program that is watched.

use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process_group, setrlimit};

/// A running child, in a process group of its own. It ends with its guard.
#[derive(Debug)]
pub(crate) struct Child(std::process::Child);

impl Child {
    /// Starts a program, the first word, with the others as its arguments.
    pub(crate) fn start(command: &[String]) -> io::Result<Self> {
        let (program, arguments) = command
            .split_first()
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "no command"))?;
        let mut command = Command::new(program);
        command.args(arguments).process_group(0).spawn().map(Self)
    }

    /// How it has ended; `None` while it runs.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.0.try_wait().ok().flatten()
    }

    /// The operating system's number for it.
    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    /// Ends it: asks first, which reaches what runs in a container too, and kills what does not heed it.
    pub(crate) fn end(&mut self) {
        self.signal(Signal::TERM);
        let asked = Instant::now();
        while asked.elapsed() < GRACE {
            if self.ended().is_some() {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        self.signal(Signal::KILL);
        // It has been killed: there is nothing else to do.
        let _ = self.0.wait();
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw) {
            // One that has ended by itself is what was wanted.
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.ended().is_none() {
            self.end();
        }
    }
}

/// What a process has of the machine's memory, in bytes; `None` where there is no such process, or the system doesn't say.
pub(crate) fn memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

/// Of this program and all that it starts from now on, in bytes.
pub(crate) fn limit_address_space(bytes: u64) -> io::Result<()> {
    let maximum = getrlimit(Resource::As).maximum;
    let limit = Rlimit {
        current: Some(bytes),
        maximum,
    };
    Ok(setrlimit(Resource::As, limit)?)
}

const GRACE: Duration = Duration::from_millis(300);
