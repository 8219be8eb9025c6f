use super::Error;
use crate::find::Source;
use std::io::Read;

/// Reads a file as text; `-` is the standard input.
///
/// # Errors
/// [`Error::File`], [`Error::Content`] when it is no UTF-8.
pub fn read_source(path: &str) -> Result<Source, Error> {
    let bytes = read_bytes(path)?;
    let name = if path == "-" { "<stdin>" } else { path };
    let text = String::from_utf8(bytes).map_err(|error| {
        Error::Content(format!(
            "{name}: no UTF-8 from byte {} on",
            error.utf8_error().valid_up_to()
        ))
    })?;
    Ok(Source {
        name: name.to_owned(),
        // A byte order mark is no part of the document.
        text: text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text),
    })
}

/// Reads a file; `-` is the standard input.
///
/// # Errors
/// [`Error::File`].
pub fn read_bytes(path: &str) -> Result<Vec<u8>, Error> {
    let result = if path == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| bytes)
    } else {
        std::fs::read(path)
    };
    result.map_err(|error| Error::File {
        path: path.to_owned(),
        error,
    })
}
