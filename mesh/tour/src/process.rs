//! A child process that logs to a file and is stopped when its guard is dropped.

mod leftover;
mod server;
mod signal;

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::Signal;

pub use leftover::Leftover;
pub use server::Server;
pub use signal::GRACE;

use crate::Error;
use crate::progress::{Progress, wait_for};
use leftover::start_mark;
use signal::signal;

/// A running child. Dropping it asks the process to end, waits [`GRACE`], then kills it.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Option<Child>,
    log: PathBuf,
}

impl Process {
    /// Starts `command` with its standard output and error going to the file `log`, in a process group of its own: a
    /// Ctrl-C in the terminal then reaches only the demo, which stops its children in order.
    ///
    /// # Errors
    /// [`Error::Spawn`] and, for the log, [`Error::File`].
    pub fn spawn(name: &str, mut command: Command, log: &Path) -> Result<Self, Error> {
        let out = File::create(log).map_err(Error::file(log))?;
        let err = out.try_clone().map_err(Error::file(log))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .process_group(0)
            .spawn()
            .map_err(|source| Error::Spawn {
                name: name.to_owned(),
                source,
            })?;
        Ok(Self {
            name: name.to_owned(),
            child: Some(child),
            log: log.to_owned(),
        })
    }

    /// The operating system's number for the process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.as_ref().map_or(0, Child::id)
    }

    /// What the process is called in messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Everything the process has written so far.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read(&self.log)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// Waits until `probe`, which is given the log so far, gives a value.
    ///
    /// # Errors
    /// [`Error::Ended`] when the process ends first, [`Error::NotReady`] after `limit`, [`Error::Interrupted`].
    pub fn wait_until<T>(
        &mut self,
        limit: Duration,
        progress: &dyn Progress,
        mut probe: impl FnMut(&str) -> Option<T>,
    ) -> Result<T, Error> {
        let name = self.name.clone();
        let found = wait_for(&name, limit, progress, || match self.exited() {
            Some(status) => Err(Error::Ended {
                name: name.clone(),
                status: status.to_string(),
                log: last_lines(&self.log()),
            }),
            None => Ok(probe(&self.log())),
        })?;
        found.ok_or_else(|| Error::NotReady {
            name: self.name.clone(),
            seconds: limit.as_secs_f64(),
            log: last_lines(&self.log()),
        })
    }

    /// The exit status, when the process has ended.
    pub fn exited(&mut self) -> Option<ExitStatus> {
        self.child
            .as_mut()
            .and_then(|child| child.try_wait().ok().flatten())
    }

    /// Ends the process now: asks first, kills after [`GRACE`].
    pub fn stop(&mut self) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        signal(child.id(), Signal::TERM);
        let asked = Instant::now();
        while asked.elapsed() < GRACE {
            match child.try_wait() {
                Ok(None) => std::thread::sleep(Duration::from_millis(10)),
                Ok(Some(_)) | Err(_) => return,
            }
        }
        // Already ended is the only failure, and then there is nothing left to do.
        let _ = child.kill();
        let _ = child.wait();
    }

    /// Lets the process outlive this program, and says how to find it again.
    #[must_use]
    pub fn leave_running(mut self) -> Leftover {
        let pid = self.id();
        self.child = None;
        Leftover {
            name: self.name.clone(),
            pid,
            started: start_mark(pid),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop();
    }
}

/// An address on the loopback interface that was free a moment ago. Only for programs that can't be told to choose a port
/// themselves: another program may take it in between.
///
/// # Errors
/// [`Error::Unexpected`] when the system has no port to give.
pub fn free_address() -> Result<SocketAddr, Error> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map_err(|e| Error::Unexpected(format!("no free port on the loopback interface: {e}")))
}

/// The last lines of a log, enough to see why its process ended.
#[must_use]
pub fn last_lines(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    let first = lines.len().saturating_sub(LAST_LINES);
    lines.get(first..).unwrap_or_default().join("\n")
}

const LAST_LINES: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;

    fn shell(script: &str) -> (Process, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        (
            Process::spawn("shell", command, &folder.path().join("log")).unwrap(),
            folder,
        )
    }

    #[test]
    fn waits_for_a_line_of_the_log() {
        let (mut process, _folder) = shell("sleep 0.05; echo port 8080; exec sleep 30");
        let port = process.wait_until(Duration::from_secs(5), &Silent, |log| {
            log.lines()
                .find_map(|line| line.strip_prefix("port ")?.parse::<u16>().ok())
        });
        assert_eq!(port.unwrap(), 8080);
    }

    #[test]
    fn an_early_end_is_told_with_the_log() {
        let (mut process, _folder) = shell("echo no such thing >&2; exit 3");
        let error = process
            .wait_until(Duration::from_secs(5), &Silent, |_| None::<()>)
            .unwrap_err();
        assert!(
            matches!(&error, Error::Ended { log, .. } if log == "no such thing"),
            "{error}"
        );
    }

    #[test]
    fn a_late_one_is_told_with_the_limit() {
        let (mut process, _folder) = shell("echo still thinking; exec sleep 30");
        let error = process
            .wait_until(Duration::from_millis(200), &Silent, |_| None::<()>)
            .unwrap_err();
        assert!(matches!(&error, Error::NotReady { .. }), "{error}");
    }

    #[test]
    fn dropping_the_guard_ends_the_process() {
        let (process, _folder) = shell("exec sleep 30");
        let pid = process.id();
        assert!(!start_mark(pid).is_empty());
        drop(process);
        assert_eq!(start_mark(pid), "");
    }

    #[test]
    fn one_left_running_is_found_and_stopped_once() {
        let (process, _folder) = shell("exec sleep 30");
        let left = process.leave_running();
        assert!(left.is_running());
        let other = Leftover {
            started: "another time".to_owned(),
            ..left.clone()
        };
        assert!(!other.stop(), "a process that took over the number is left alone");
        assert!(left.stop());
        assert!(!left.stop());
    }
}
