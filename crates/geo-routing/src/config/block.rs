use crate::document::block::BlockDocument;
use http_filter::{ConfigError, document::Shorthand, error_path::quoted};

/// A refusal.
#[derive(Debug)]
pub(crate) struct Block {
    pub(crate) status: u16,
    pub(crate) document: BlockDocument,
}

impl Block {
    pub(crate) fn compile(document: BlockDocument, path: &str) -> Result<Self, ConfigError> {
        let status = document.status.unwrap_or(403);
        if !matches!(status, 403 | 404 | 410 | 451) {
            return Err(ConfigError::at(
                path,
                "",
                &status.to_string(),
                BlockDocument::EXPECTED,
            ));
        }
        if let Some(link) = &document.blocked_by
            && (status != 451 || !is_reference(link))
        {
            let expected = "the URI of who demands it, with status 451";
            return Err(ConfigError::at(path, "blocked_by", &quoted(link), expected));
        }
        Ok(Self { status, document })
    }
}

/// Whether a text can stand in a `Link` field: visible ASCII without what ends it.
fn is_reference(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"<>\"".contains(&byte))
}
