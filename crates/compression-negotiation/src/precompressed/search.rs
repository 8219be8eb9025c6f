use crate::{
    AcceptEncoding, Coding,
    config::{
        policy::Policy,
        precompressed::{Precompressed, suffix},
    },
    counter::Counter,
    precompressed::Known,
};
use http_fields::media_type;
use http_filter::{CallResponse, Headers, Host, HttpCall};
use std::{cell::RefCell, time::Duration};

/// A file that is sent in place of the plain one.
#[derive(Clone, Debug)]
pub(crate) struct Variant {
    pub coding: Coding,
    /// The plain one's media type: the store may know none for the encoded one.
    pub content_type: Vec<u8>,
    /// The target that the client asked for.
    pub target: Vec<u8>,
    /// What the file is known by.
    key: Vec<u8>,
}

/// The search for the best file there is for one request.
#[derive(Debug)]
pub(crate) struct Search {
    settings: Precompressed,
    authority: String,
    path: String,
    target: Vec<u8>,
    /// What the client likes as much as what was chosen for it, the server's favourite last.
    candidates: Vec<Coding>,
    question: Question,
}

/// What the call that is on its way asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    Nothing,
    /// Whether there is a file of this coding.
    Encoded(Coding),
    /// The type of the plain file; there is one of this coding.
    Plain(Coding),
}

/// What comes next.
#[derive(Debug)]
pub(crate) enum Step {
    /// This file is there.
    Found(Variant),
    /// None is.
    Nothing,
    /// Ask this first.
    Ask(HttpCall),
}

impl Search {
    /// A search for what could be sent instead of `chosen`. `None` where there is nothing to look for: a request that
    /// isn't a simple GET or HEAD of a file.
    pub(crate) fn new(
        policy: &Policy,
        request: &Headers,
        accept: &AcceptEncoding,
        chosen: Coding,
    ) -> Option<Self> {
        let settings = policy.precompressed.as_ref()?;
        // A body could come while the call is on its way.
        if !matches!(request.method(), b"GET" | b"HEAD") || !request.end_of_stream() {
            return None;
        }
        let text = |bytes: &[u8], most: usize| {
            let text = std::str::from_utf8(bytes).ok()?;
            (text.len() <= most).then(|| text.to_owned())
        };
        let (path, authority) = (
            text(request.path(), MAX_PATH)?,
            text(request.authority(), MAX_AUTHORITY)?,
        );
        // What a browser would take for another host must not come back as a Location.
        if !path.starts_with('/') || path.starts_with("//") || path.ends_with('/') || path.contains('\\') {
            return None;
        }
        let mut candidates: Vec<Coding> = if accept.is_present() {
            let offered = policy.prefer.iter().copied();
            offered
                .take_while(|coding| *coding != Coding::Identity)
                .filter(|coding| {
                    settings.codings.contains(coding)
                        && accept.accepts(*coding)
                        && accept.weight(*coding) >= accept.weight(chosen)
                })
                .collect()
        } else {
            vec![chosen]
        };
        candidates.reverse();
        Some(Self {
            settings: settings.clone(),
            authority,
            path,
            target: request.target().to_vec(),
            candidates,
            question: Question::Nothing,
        })
    }

    /// Goes on by what is known already.
    pub(crate) fn step(&mut self, known: &RefCell<Known>, host: &dyn Host) -> Step {
        while let Some(coding) = self.candidates.last().copied() {
            let key = self.key(coding);
            match known.borrow().get(&key, host.now()) {
                Some(Some(content_type)) => {
                    return Step::Found(Variant {
                        coding,
                        content_type: content_type.to_vec(),
                        target: self.target.clone(),
                        key,
                    });
                }
                Some(None) => {
                    self.candidates.pop();
                }
                None => {
                    return self.ask(
                        Question::Encoded(coding),
                        suffix(coding).unwrap_or_default(),
                        host,
                    );
                }
            }
        }
        Step::Nothing
    }

    /// Goes on by what was answered.
    pub(crate) fn answered(
        &mut self,
        response: &CallResponse,
        known: &RefCell<Known>,
        host: &dyn Host,
    ) -> Step {
        let (coding, is_plain) = match self.question {
            Question::Nothing => return Step::Nothing,
            Question::Encoded(coding) => (coding, false),
            Question::Plain(coding) => (coding, true),
        };
        let (content_type, time) = match response {
            CallResponse::Http { headers, .. } if headers.status() < Some(500) => {
                self.settings.breaker.succeeded();
                match headers.status() {
                    Some(200) if is_plain => (headers.first("content-type"), self.settings.remember),
                    Some(200) => match told(headers, coding) {
                        Told::Encoded(content_type) => (Some(content_type), self.settings.remember),
                        Told::Bare => return self.ask(Question::Plain(coding), "", host),
                        Told::Another => (None, self.settings.remember),
                    },
                    _ => (None, self.settings.remember),
                }
            }
            _ => (None, self.failed(host)),
        };
        let content_type = content_type
            .filter(|value| value.len() <= MAX_TYPE)
            .map(<[u8]>::to_vec);
        let until = host.now().saturating_add(time);
        known.borrow_mut().insert(self.key(coding), until, content_type);
        self.step(known, host)
    }

    fn failed(&self, host: &dyn Host) -> Duration {
        Counter::PrecompressedCheckFailed.count(host);
        self.settings.breaker.failed(host.now());
        FORGIVEN_AFTER.min(self.settings.remember)
    }

    fn ask(&mut self, question: Question, suffix: &str, host: &dyn Host) -> Step {
        if !self.settings.breaker.admits(host.now()) {
            Counter::PrecompressedPaused.count(host);
            return Step::Nothing;
        }
        self.question = question;
        Counter::PrecompressedChecks.count(host);
        Step::Ask(HttpCall {
            cluster: self.settings.cluster.clone(),
            method: "HEAD".to_owned(),
            authority: self.authority.clone(),
            path: [self.path.as_str(), suffix].concat(),
            headers: vec![("accept-encoding".to_owned(), b"identity".to_vec())],
            body: Vec::new(),
            timeout: self.settings.timeout,
            max_response: 0,
        })
    }

    fn key(&self, coding: Coding) -> Vec<u8> {
        let suffix = suffix(coding).unwrap_or_default();
        let parts = [
            self.settings.cluster.as_str(),
            "\n",
            &self.authority,
            "\n",
            &self.path,
            suffix,
        ];
        parts.concat().into_bytes()
    }
}

impl Variant {
    /// The target of the file: its path ends in the coding's suffix, the query stays.
    pub(crate) fn own_target(&self) -> Vec<u8> {
        let suffix = suffix(self.coding).unwrap_or_default().as_bytes();
        let at = self.target.iter().position(|byte| matches!(byte, b'?' | b'#'));
        let (path, query) = self.target.split_at(at.unwrap_or(self.target.len()));
        [path, suffix, query].concat()
    }

    /// Whether a response holds the file, and not what the store says where there is none.
    pub(crate) fn is_held_by(&self, response: &Headers) -> bool {
        !matches!(told(response, self.coding), Told::Another)
    }

    /// The file is gone: nobody else is sent there until it is looked for again.
    pub(crate) fn forget(&self, policy: &Policy, known: &RefCell<Known>, host: &dyn Host) {
        Counter::PrecompressedGone.count(host);
        if let Some(settings) = &policy.precompressed {
            let until = host.now().saturating_add(settings.remember);
            known.borrow_mut().insert(self.key.clone(), until, None);
        }
    }
}

/// What a store says of an encoded file.
enum Told<'a> {
    /// Its coding, and so the plain one's type.
    Encoded(&'a [u8]),
    /// Nothing of a coding: its type, if any, is that of the name.
    Bare,
    /// That it is something else.
    Another,
}

fn told(headers: &Headers, coding: Coding) -> Told<'_> {
    let content_type = headers.first("content-type");
    match (headers.combined("content-encoding"), content_type) {
        (Some(value), Some(content_type)) if Coding::from_name(&value) == Some(coding) => {
            Told::Encoded(content_type)
        }
        (Some(_), _) => Told::Another,
        // A site of one page answers every unknown path with that page, and 200.
        (None, Some(content_type)) if media_type(content_type).eq_ignore_ascii_case(b"text/html") => {
            Told::Another
        }
        (None, _) => Told::Bare,
    }
}

/// Longer ones are no files, and would make what is remembered large.
const MAX_PATH: usize = 1024;
const MAX_AUTHORITY: usize = 255;
const MAX_TYPE: usize = 128;

/// How long a store that doesn't answer is left alone.
const FORGIVEN_AFTER: Duration = Duration::from_secs(5);
