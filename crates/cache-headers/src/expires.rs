use crate::{answer::Answer, freshness, rule::Rule};
use http_fields::http_date;

impl Answer<'_> {
    /// Keeps Expires from saying another thing than Cache-Control.
    pub(crate) fn follow_with_expires(&mut self, rule: &Rule, max_age: Option<u32>) {
        let present = self.origin.response.contains("expires");
        let reset = rule.reset_age && max_age.is_some() && self.origin.response.contains("age");
        if reset {
            let now = http_date::format(self.origin.now());
            self.edit(|edits| edits.remove("age").set("date", now));
        }
        match max_age.filter(|_| rule.expires.unwrap_or(present)) {
            Some(seconds) => {
                let now = self.origin.now();
                let date = if reset {
                    now
                } else {
                    freshness::date(self.origin.response, now)
                };
                let expires = http_date::format(date.saturating_add(i64::from(seconds)));
                self.edit(|edits| edits.set("expires", expires));
            }
            None if present => self.edit(|edits| edits.remove("expires")),
            None => {}
        }
    }
}
