use http_fields::{MediaRange, is_token};
use http_filter::{ConfigError, document::Pairs};

/// Cache-deception armor: caches that go by a path's extension are led to store `/account/x.css`, although the answer
/// is the account. So a response whose media type is not one of its path's extension is kept out of caches.
#[derive(Debug, Default)]
pub(crate) struct Armor {
    further: Vec<(String, Vec<MediaRange>)>,
}

impl Armor {
    pub(crate) fn compile(further: Pairs<String, Vec<MediaRange>>) -> Result<Self, ConfigError> {
        let mut armor = Self::default();
        for (extension, types) in further {
            let path = ["media_types.", &extension].concat();
            if !extension.bytes().all(|byte| byte.is_ascii_alphanumeric()) || !is_token(extension.as_bytes())
            {
                return Err(ConfigError::new(
                    path,
                    "this name",
                    "an extension without its dot",
                ));
            }
            if types.is_empty() {
                return Err(ConfigError::new(path, "an empty list", "at least one media type"));
            }
            armor.further.push((extension.to_ascii_lowercase(), types));
        }
        Ok(armor)
    }

    /// Whether a response of `media_type` (lower case, empty for none) is what the extension of its path promises. Paths
    /// without a known extension promise nothing.
    pub(crate) fn allows(&self, extension: &[u8], media_type: &[u8]) -> bool {
        if let Some((_, types)) = self
            .further
            .iter()
            .find(|(known, _)| known.as_bytes() == extension)
        {
            return types.iter().any(|range| range.matches(media_type));
        }
        let Some((_, types)) = MEDIA_TYPES
            .iter()
            .find(|(extensions, _)| extensions.iter().any(|known| known.as_bytes() == extension))
        else {
            return true;
        };
        // Bytes that nobody interprets deceive nobody.
        media_type.ends_with(b"/octet-stream")
            || types.iter().any(|allowed| match allowed.strip_suffix('*') {
                Some(prefix) => media_type.starts_with(prefix.as_bytes()),
                None => media_type == allowed.as_bytes(),
            })
    }
}

/// The extension of a path in lower case: what follows the last dot of its last segment, if that is a short word.
pub(crate) fn extension(path: &[u8]) -> Option<Vec<u8>> {
    let segment = path.rsplit(|byte| *byte == b'/').next()?;
    let dot = segment.iter().rposition(|byte| *byte == b'.')?;
    let extension = segment.get(dot + 1..)?;
    let is_word =
        (1..=MAX_EXTENSION).contains(&extension.len()) && extension.iter().all(u8::is_ascii_alphanumeric);
    is_word.then(|| extension.to_ascii_lowercase())
}

const MAX_EXTENSION: usize = 8;

/// What caches take for static by its extension, and the media types it then has.
const MEDIA_TYPES: &[(&[&str], &[&str])] = &[
    (&["css"], &["text/css"]),
    (
        &["js", "mjs"],
        &[
            "text/javascript",
            "application/javascript",
            "application/x-javascript",
            "application/ecmascript",
        ],
    ),
    (
        &[
            "png", "jpg", "jpeg", "gif", "webp", "avif", "bmp", "ico", "svg", "svgz", "tif", "tiff", "jxl",
            "heic", "pict", "eps",
        ],
        &["image/*", "application/postscript"],
    ),
    (
        &["woff", "woff2", "ttf", "otf", "eot"],
        &[
            "font/*",
            "application/font*",
            "application/x-font*",
            "application/vnd.ms-fontobject",
            "application/vnd.ms-opentype",
        ],
    ),
    (
        &[
            "mp3", "mp4", "m4a", "m4v", "ogg", "oga", "ogv", "opus", "flac", "wav", "mid", "midi", "webm",
            "avi", "mov", "mkv", "ts", "m3u8",
        ],
        &[
            "audio/*",
            "video/*",
            "application/ogg",
            "application/vnd.apple.mpegurl",
            "application/x-mpegurl",
        ],
    ),
    (&["pdf", "ps"], &["application/pdf", "application/postscript"]),
    (&["csv"], &["text/csv", "text/plain"]),
    (
        &["swf", "class", "jar", "ejs"],
        &[
            "application/java*",
            "application/x-java*",
            "application/vnd.adobe.flash*",
            "application/x-shockwave-flash",
        ],
    ),
    (&["wasm"], &["application/wasm"]),
    (
        &["doc", "docx", "xls", "xlsx", "ppt", "pptx", "odt", "ods", "odp"],
        &["application/msword", "application/vnd.*"],
    ),
    (
        &[
            "zip", "gz", "bz2", "xz", "zst", "tar", "rar", "7z", "iso", "dmg", "exe", "apk", "bin",
        ],
        &[
            "application/zip",
            "application/gzip",
            "application/x-*",
            "application/zstd",
            "application/vnd.*",
            "application/java-archive",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions() {
        for (path, expected) in [
            ("/a/b.css", Some("css")),
            ("/a/B.CSS", Some("css")),
            ("/account;x.js", Some("js")),
            ("/account%2fx.png", Some("png")),
            ("/a.b/c", None),
            ("/a.", None),
            ("/a.verylongword", None),
            ("/a.b-c", None),
            ("/", None),
        ] {
            assert_eq!(
                extension(path.as_bytes()).as_deref(),
                expected.map(str::as_bytes),
                "{path}"
            );
        }
    }

    #[test]
    fn types_keep_the_promise_of_the_extension() {
        let further = vec![(
            "map".to_owned(),
            vec![http_filter::document::Text::parse("application/json").unwrap()],
        )];
        let armor = Armor::compile(Pairs(further)).unwrap();
        for (extension, media_type, expected) in [
            ("css", "text/css", true),
            ("css", "text/html", false),
            ("css", "", false),
            ("css", "application/octet-stream", true),
            ("jpg", "image/webp", true),
            ("js", "application/json", false),
            ("png", "text/html", false),
            ("html", "application/json", true),
            ("map", "application/json", true),
            ("map", "text/html", false),
        ] {
            let allowed = armor.allows(extension.as_bytes(), media_type.as_bytes());
            assert_eq!(allowed, expected, "{extension} {media_type}");
        }
    }
}
