use limitador::counter::Counter;
use std::time::Duration;

/// What had been used of a counter before a charge, and how much longer its window lasts; no window where none had begun.
pub(crate) struct Used {
    pub(crate) units: u64,
    pub(crate) left: Option<Duration>,
}

/// One text per counter, the same in every process: limits and variables are sorted.
pub(super) fn key(counter: &Counter) -> String {
    format!("ratelimit:{}", serde_json::to_string(counter).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use limitador::limit::{Context, Limit};

    #[test]
    fn a_counters_key_depends_on_its_limit_and_its_values_only() {
        let limit = |max, seconds| Limit::new("edge", max, seconds, [], []);
        let key = |limit: Limit| super::key(&Counter::new(limit, &Context::default()).unwrap().unwrap());
        assert_eq!(
            key(limit(5, 10)),
            key(limit(7, 10)),
            "a raised limit goes on with its count"
        );
        assert_ne!(key(limit(5, 10)), key(limit(5, 20)));
    }
}
