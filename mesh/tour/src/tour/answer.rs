//! A response, and its content once more without its coding.

use std::io::Read;

use crate::http::Response;

/// A response with its content decoded, which proves that the coding is what the response says it is.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) response: Response,
    /// The content without its coding; an error's text when it can't be decoded.
    pub(super) content: Result<Vec<u8>, String>,
}

impl Answer {
    pub(super) fn new(response: Response) -> Self {
        let content = match response.header("content-encoding").as_deref() {
            None | Some("identity") => Ok(response.body.clone()),
            // No content, so nothing to decode: an answer to HEAD, or 304.
            Some(_) if response.body.is_empty() => Ok(Vec::new()),
            Some("gzip") => read_all(flate2::read::GzDecoder::new(response.body.as_slice())),
            Some("br") => read_all(brotli::Decompressor::new(response.body.as_slice(), 4096)),
            Some("zstd") => ruzstd::decoding::StreamingDecoder::new(response.body.as_slice())
                .map_err(|e| e.to_string())
                .and_then(read_all),
            Some(other) => Err(format!("unknown coding {other}")),
        };
        Self { response, content }
    }

    pub(super) fn json(&self) -> serde_json::Value {
        let content = self.content.as_deref().unwrap_or_default();
        serde_json::from_slice(content).unwrap_or_default()
    }

    /// Bytes over the wire, and what they were before: `389 bytes (br, of 2442)`.
    pub(super) fn size(&self) -> String {
        let sent = self.response.body.len();
        match (self.response.header("content-encoding"), &self.content) {
            (Some(coding), Ok(content)) if sent > 0 => {
                format!("{sent} bytes ({coding}, of {})", content.len())
            }
            (Some(coding), Err(error)) => format!("{sent} bytes that are not {coding}: {error}"),
            _ => format!("{sent} bytes"),
        }
    }
}

fn read_all(reader: impl Read) -> Result<Vec<u8>, String> {
    let mut content = Vec::new();
    reader
        .take(MAX_CONTENT)
        .read_to_end(&mut content)
        .map_err(|e| e.to_string())?;
    Ok(content)
}

const MAX_CONTENT: u64 = 64 * 1024 * 1024;
