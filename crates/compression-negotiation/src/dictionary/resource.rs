use crate::document::dictionaries::{DictionariesDocument, ResourceDocument};
use http_filter::{ByteSize, ConfigError, PathPattern};

/// A [`ResourceDocument`], compiled.
#[derive(Debug)]
pub(crate) struct Resource {
    pub path: PathPattern,
    pub target: PathPattern,
    /// The value of Use-As-Dictionary.
    pub field: String,
}

impl DictionariesDocument {
    /// Resources, the largest dictionary, and memory.
    pub(crate) fn compile(self) -> Result<(Vec<Resource>, usize, usize), ConfigError> {
        if self.resources.is_empty() {
            return Err(ConfigError::new(
                "dictionaries.resources",
                "an empty list",
                "at least one resource",
            ));
        }
        let size = |size: Option<ByteSize>, default: usize| {
            size.map_or(default, |size| {
                usize::try_from(size.bytes()).unwrap_or(usize::MAX)
            })
        };
        let (max_size, memory) = (size(self.max_size, 1 << 20), size(self.memory, 16 << 20));
        if max_size > MOST {
            let expected = "at most 8MiB, the window of clients that have no more";
            return Err(ConfigError::new("dictionaries.max_size", max_size, expected));
        }
        if memory < max_size {
            let expected = "at least max_size, so that one dictionary can be kept";
            return Err(ConfigError::new("dictionaries.memory", memory, expected));
        }
        let resources: Result<Vec<Resource>, ConfigError> = self
            .resources
            .into_iter()
            .enumerate()
            .map(|(index, resource)| {
                let path = ["dictionaries.resources[", &index.to_string(), "]"].concat();
                resource.compile().map_err(|error| error.within(&path))
            })
            .collect();
        Ok((resources?, max_size, memory))
    }
}

impl ResourceDocument {
    fn compile(self) -> Result<Resource, ConfigError> {
        let pattern = self.target.as_str();
        // What URL patterns take for more than itself, `*` aside (RFC 9842 §2.1.1).
        if !pattern.starts_with('/') || !pattern.bytes().all(|byte| is_plain(byte) || byte == b'*') {
            let expected = "a path of letters, digits and /-._~%!$&',;=@, with at most one *";
            return Err(ConfigError::new("for", pattern, expected));
        }
        let mut field = ["match=\"", pattern, "\""].concat();
        if !self.destinations.is_empty() {
            let mut items = Vec::with_capacity(self.destinations.len());
            for (index, destination) in self.destinations.iter().enumerate() {
                if destination.is_empty() || !destination.bytes().all(|byte| byte.is_ascii_lowercase()) {
                    let path = ["destinations[", &index.to_string(), "]"].concat();
                    return Err(ConfigError::new(
                        path,
                        destination,
                        "a request destination such as \"script\"",
                    ));
                }
                items.push(["\"", destination, "\""].concat());
            }
            field += &[", match-dest=(", &items.join(" "), ")"].concat();
        }
        if let Some(id) = &self.id {
            if id.len() > 1024
                || id
                    .bytes()
                    .any(|byte| !(b' '..=b'~').contains(&byte) || matches!(byte, b'"' | b'\\'))
            {
                return Err(ConfigError::new(
                    "id",
                    id,
                    "at most 1024 characters of ASCII, without quotes and backslashes",
                ));
            }
            field += &[", id=\"", id, "\""].concat();
        }
        Ok(Resource {
            path: self.path,
            target: self.target,
            field,
        })
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/-._~%!$&',;=@".contains(&byte)
}

/// A dictionary of more could need a window that a client with 8 MiB doesn't have (RFC 9842 §5).
const MOST: usize = 8 << 20;
