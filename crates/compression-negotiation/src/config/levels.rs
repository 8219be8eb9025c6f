//! The levels of encoders.

use crate::{Coding, document::encode::LevelDocument};
use http_filter::ConfigError;

/// Levels by body length, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Levels {
    base: u8,
    larger: Vec<(u64, u8)>,
}

impl Levels {
    /// The level for a body of `length` bytes, or of unknown length.
    pub(crate) fn level(&self, length: Option<u64>) -> u8 {
        self.larger
            .iter()
            .take_while(|(than, _)| length.is_some_and(|length| length > *than))
            .last()
            .map_or(self.base, |(_, level)| *level)
    }

    pub(crate) fn compile(
        document: Option<&LevelDocument>,
        coding: Coding,
        default: u8,
        (least, most): (u8, u8),
    ) -> Result<Self, ConfigError> {
        let Some(document) = document else {
            return Ok(Self {
                base: default,
                larger: Vec::new(),
            });
        };
        let check = |level: u8, path: &str| {
            if (least..=most).contains(&level) {
                return Ok(level);
            }
            let expected = ["a level from ", &least.to_string(), " to ", &most.to_string()].concat();
            Err(ConfigError::new(
                ["encode.", coding.name(), path].concat(),
                level,
                expected,
            ))
        };
        let mut levels = Self {
            base: check(document.level, ".level")?,
            larger: Vec::with_capacity(document.larger.len()),
        };
        for (index, step) in document.larger.iter().enumerate() {
            let path = [".larger[", &index.to_string(), "]"].concat();
            let than = step.than.bytes();
            if levels.larger.last().is_some_and(|(before, _)| *before >= than) {
                let path = ["encode.", coding.name(), &path, ".than"].concat();
                return Err(ConfigError::new(path, than, "a size larger than the one before"));
            }
            levels.larger.push((than, check(step.level, &(path + ".level"))?));
        }
        Ok(levels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_size_that_is_exceeded_decides() {
        let levels = Levels {
            base: 6,
            larger: vec![(100, 4), (1000, 1)],
        };
        for (length, expected) in [
            (None, 6),
            (Some(0), 6),
            (Some(100), 6),
            (Some(101), 4),
            (Some(1000), 4),
            (Some(1001), 1),
        ] {
            assert_eq!(levels.level(length), expected, "{length:?}");
        }
    }
}
