//! Chromium without a window, driven by the Chrome DevTools Protocol over a pipe.

use edge_demo::tool;
use http_filter_test::skip;
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Child, ChildStdin, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

/// A browser with one page. It's closed when it's dropped.
pub struct Browser {
    process: Child,
    /// `None` once it's being closed.
    commands: Option<ChildStdin>,
    messages: Receiver<Value>,
    events: VecDeque<Value>,
    number: u64,
    session: Option<String>,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// One with an empty page. `None` where Chromium isn't installed, which then is said, with `what` it was needed for.
    ///
    /// # Panics
    /// When it does not start, or where it's missing and `EDGE_NO_SKIP` is set.
    pub fn start(what: &str) -> Option<Self> {
        let Some(program) = PROGRAMS.iter().find_map(|name| tool::in_path(name)) else {
            skip(&format!("envoy: {what}: chromium is not installed"));
            return None;
        };
        let profile = tempfile::tempdir().unwrap();
        // It reads commands from descriptor 3 and writes to 4; the shell gives it its own 0 and 1 as those.
        let mut command = Command::new("sh");
        command
            .args(["-c", r#"exec "$@" 3<&0 4>&1 < /dev/null > /dev/null"#, "sh"])
            .arg(program)
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.path().display()));
        if rustix::process::geteuid().is_root() {
            command.arg("--no-sandbox");
        }
        let mut process = command
            .arg("about:blank")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (sender, messages) = channel();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        thread::spawn(move || {
            let mut message = Vec::new();
            while output.read_until(0, &mut message).is_ok_and(|length| length > 0) {
                let end = message.len() - usize::from(message.ends_with(&[0]));
                let value = serde_json::from_slice(&message[..end]).unwrap_or_default();
                if sender.send(value).is_err() {
                    break;
                }
                message.clear();
            }
        });
        let mut browser = Self {
            commands: process.stdin.take(),
            process,
            messages,
            events: VecDeque::new(),
            number: 0,
            session: None,
            _profile: profile,
        };
        browser.attach();
        Some(browser)
    }

    fn attach(&mut self) {
        let target = self.call("Target.createTarget", &json!({"url": "about:blank"}));
        let wanted = json!({"targetId": target["targetId"], "flatten": true});
        let attached = self.call("Target.attachToTarget", &wanted);
        self.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page", "Runtime", "Log", "Accessibility"] {
            self.call(&format!("{domain}.enable"), &json!({}));
        }
    }

    /// Calls a method of the protocol and gives its result.
    ///
    /// # Panics
    /// When the browser refuses it, or says nothing for long.
    pub fn call(&mut self, method: &str, parameters: &Value) -> Value {
        self.number += 1;
        let mut message = json!({"id": self.number, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        self.commands.as_mut().unwrap().write_all(&bytes).unwrap();
        loop {
            let mut message = self
                .messages
                .recv_timeout(PATIENCE)
                .unwrap_or_else(|error| panic!("{method}: the browser is silent: {error}"));
            if message["id"] != self.number {
                self.events.push_back(message);
                continue;
            }
            assert!(message["error"].is_null(), "{method}: {}", message["error"]);
            return message["result"].take();
        }
    }

    /// Goes to a page and waits until it is loaded.
    pub fn open(&mut self, url: &str) {
        let opened = self.call("Page.navigate", &json!({"url": url}));
        assert!(opened["errorText"].is_null(), "{url}: {opened}");
        self.until("document.readyState === 'complete'");
    }

    /// The value of a JavaScript expression in the page; a promise is waited for.
    ///
    /// # Panics
    /// When it throws.
    pub fn value(&mut self, expression: &str) -> Value {
        let wanted = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let mut answer = self.call("Runtime.evaluate", &wanted);
        assert!(
            answer["exceptionDetails"].is_null(),
            "{expression}: {}",
            answer["exceptionDetails"]
        );
        answer["result"]["value"].take()
    }

    /// Waits until the expression is true.
    ///
    /// # Panics
    /// When it doesn't become so, with what the page shows.
    pub fn until(&mut self, expression: &str) {
        let started = Instant::now();
        while self.value(expression) != true {
            if started.elapsed() > PATIENCE {
                let shown = self.value("document.body?.innerText");
                panic!("not so: {expression}\n{}", shown.as_str().unwrap_or_default());
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// A window of this size, for readers of light or dark pages.
    pub fn look(&mut self, width: u32, height: u32, scheme: &str) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.call("Emulation.setDeviceMetricsOverride", &size);
        let scheme = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.call("Emulation.setEmulatedMedia", &scheme);
    }

    /// What the window shows, as PNG.
    pub fn picture(&mut self, file: &Path) {
        let picture = self.call("Page.captureScreenshot", &json!({"format": "png"}));
        let bytes = base64::Engine::decode(
            &base64::engine::general_purpose::STANDARD,
            picture["data"].as_str().unwrap(),
        );
        std::fs::write(file, bytes.unwrap()).unwrap();
    }

    /// Exceptions, errors on the console and violations of policies since the last call. A status of 400 or more is no
    /// such thing, although Chromium notes it.
    pub fn complaints(&mut self) -> Vec<String> {
        // Whatever was on its way has come before this answer.
        self.value("0");
        self.events
            .drain(..)
            .filter_map(|event| complaint(&event))
            .collect()
    }
}

fn complaint(event: &Value) -> Option<String> {
    let details = &event["params"];
    let is_one = match event["method"].as_str()? {
        "Runtime.exceptionThrown" => true,
        "Runtime.consoleAPICalled" => matches!(details["type"].as_str(), Some("error" | "assert")),
        "Log.entryAdded" => details["entry"]["level"] == "error" && details["entry"]["source"] != "network",
        _ => false,
    };
    is_one.then(|| details.to_string())
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It ends when nobody can command it any more.
        drop(self.commands.take());
        let started = Instant::now();
        while started.elapsed() < CLOSING {
            if matches!(self.process.try_wait(), Ok(Some(_))) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const PROGRAMS: &[&str] = &["chromium", "chromium-browser", "google-chrome"];
const FLAGS: &[&str] = &[
    "--headless=new",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-extensions",
    "--disable-sync",
    "--hide-scrollbars",
    "--no-first-run",
];
const PATIENCE: Duration = Duration::from_secs(30);
const CLOSING: Duration = Duration::from_secs(5);
