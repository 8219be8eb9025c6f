use crate::{
    counts::Counts,
    error::Error,
    limits::Limits,
    message::{Answer, Code, Question},
    store::{Charged, Store},
};
use limitador::CheckResult;
use std::cell::Cell;

/// Decides questions.
pub(crate) struct Service {
    pub(crate) counts: Counts,
    limits: Limits,
    store: Store,
    fields: bool,
    /// Whether the last question could be decided.
    sound: Cell<bool>,
}

impl Service {
    pub(crate) fn new(limits: Limits, store: Store, fields: bool) -> Self {
        Self {
            counts: Counts::default(),
            limits,
            store,
            fields,
            sound: Cell::new(true),
        }
    }

    /// Whether questions can be decided.
    pub(crate) async fn is_healthy(&self) -> bool {
        self.store.is_there().await
    }

    /// Decides a question; one without a domain is answered as limitador does.
    pub(crate) async fn decide(&self, question: Question) -> Result<Answer, Error> {
        if question.domain.is_empty() {
            return Ok(Answer {
                code: Code::Unknown,
                fields: Vec::new(),
            });
        }
        let charged = self.charge(question).await;
        self.note(&charged);
        let Charged { limited, counters } = charged?;
        Counts::add(if limited {
            &self.counts.limited
        } else {
            &self.counts.authorized
        });
        let mut result = CheckResult {
            limited,
            counters,
            limit_name: None,
        };
        let mut fields: Vec<_> = match self.fields {
            true => result.response_header().into_iter().collect(),
            false => Vec::new(),
        };
        fields.sort();
        let code = if limited { Code::OverLimit } else { Code::Ok };
        Ok(Answer { code, fields })
    }

    async fn charge(&self, question: Question) -> Result<Charged, Error> {
        let hits = question.hits;
        self.store.charge(self.limits.counters(question)?, hits).await
    }

    /// Tells of a change for the worse or the better, once.
    fn note(&self, charged: &Result<Charged, Error>) {
        if let Err(error) = charged {
            Counts::add(&self.counts.failed);
            if self.sound.get() {
                eprintln!("{error}");
            }
        } else if !self.sound.get() {
            eprintln!("questions can be decided again");
        }
        self.sound.set(charged.is_ok());
    }
}
