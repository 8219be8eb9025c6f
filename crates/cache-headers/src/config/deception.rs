use http_fields::{MediaRange, is_token, percent};
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

    /// Whether a response of `media_type` (lower case, empty for none) is what the extensions of its path promise: all
    /// of them, since caches differ in how they read a path. One that isn't known promises nothing.
    pub(crate) fn allows(&self, extensions: &[Vec<u8>], media_type: &[u8]) -> bool {
        extensions
            .iter()
            .all(|extension| self.keeps(extension, media_type))
    }

    fn knows(&self, extension: &[u8]) -> bool {
        self.further
            .iter()
            .any(|(known, _)| known.as_bytes() == extension)
    }

    fn keeps(&self, extension: &[u8], media_type: &[u8]) -> bool {
        if let Some((_, types)) = self
            .further
            .iter()
            .find(|(known, _)| known.as_bytes() == extension)
        {
            return types.iter().any(|range| range.matches(media_type));
        }
        // Bytes that nobody interprets deceive nobody.
        promised(extension)
            .is_none_or(|types| media_type.ends_with(b"/octet-stream") || is_among(types, media_type))
    }
}

/// Whether a response is what pages are made up with, by the extensions of its path and by its type: styles, scripts,
/// fonts and images, which browsers fetch with a visitor's cookies though they are the same for all.
pub(crate) fn is_decoration(extensions: &[Vec<u8>], media_type: &[u8]) -> bool {
    let decorates = |extension: &Vec<u8>| {
        let types = PROMISES
            .iter()
            .take(DECORATIONS)
            .find(|(known, _)| is_one_of(known, extension));
        types.is_some_and(|(_, types)| is_among(types, media_type))
    };
    !extensions.is_empty() && extensions.iter().all(decorates)
}

/// The media types that an extension promises.
fn promised(extension: &[u8]) -> Option<&'static [&'static str]> {
    let found = PROMISES.iter().find(|(known, _)| is_one_of(known, extension));
    found.map(|(_, types)| *types)
}

fn is_one_of(words: &str, word: &[u8]) -> bool {
    words.split(' ').any(|known| known.as_bytes() == word)
}

fn is_among(types: &[&str], media_type: &[u8]) -> bool {
    types.iter().any(|allowed| match allowed.strip_suffix('*') {
        Some(prefix) => media_type.starts_with(prefix.as_bytes()),
        None => media_type == allowed.as_bytes(),
    })
}

/// Adds the extensions, lower case, that a cache or an origin may read in a reading of a path, of those that promise a
/// type: up to where path parameters, a query, a fragment or the end of a text may begin, escapes undone and not.
pub(crate) fn add_extensions(armor: Option<&Armor>, path: &[u8], extensions: &mut Vec<Vec<u8>>) {
    // Most paths name no file.
    if !path.iter().any(|byte| matches!(byte, b'.' | b'%')) {
        return;
    }
    let is_escaped = path.contains(&b'%');
    let once = percent::decode(path);
    let twice = percent::decode(&once);
    let readings = [path, &once, &twice];
    for reading in readings.into_iter().take(if is_escaped { 3 } else { 1 }) {
        for part in last_segment(reading).split(|byte| matches!(byte, b';' | b'?' | b'#' | b'&' | 0..=b' ')) {
            let Some(extension) = extension(part).filter(|extension| !extensions.contains(extension)) else {
                continue;
            };
            if promised(&extension).is_some() || armor.is_some_and(|armor| armor.knows(&extension)) {
                extensions.push(extension);
            }
        }
    }
}

fn last_segment(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| matches!(byte, b'/' | b'\\'))
        .next()
        .unwrap_or_default()
}

/// What follows the last dot of a name, if that is a short word.
fn extension(name: &[u8]) -> Option<Vec<u8>> {
    let dot = name.iter().rposition(|byte| *byte == b'.')?;
    let extension = name.get(dot + 1..)?;
    let is_word =
        (1..=MAX_EXTENSION).contains(&extension.len()) && extension.iter().all(u8::is_ascii_alphanumeric);
    is_word.then(|| extension.to_ascii_lowercase())
}

const MAX_EXTENSION: usize = 8;

/// What caches take for static by its extension, and the media types it then has: the extensions that CDNs store unless
/// told otherwise (Cloudflare: *Default cache behavior*; Akamai: *Default cacheable file extensions*). The first few are
/// what pages are made up with.
const PROMISES: &[(&str, &[&str])] = &[
    ("css", &["text/css"]),
    (
        "js mjs cjs",
        &[
            "text/javascript*",
            "text/ecmascript",
            "text/jscript",
            "text/livescript",
            "text/x-ecmascript",
            "text/x-javascript",
            "application/javascript",
            "application/ecmascript",
            "application/x-javascript",
            "application/x-ecmascript",
        ],
    ),
    (
        "png jpg jpeg jpe jfif gif webp avif apng bmp ico cur svg svgz tif tiff jxl jxr jp2 heic heif wbmp",
        &["image/*"],
    ),
    (
        "woff woff2 ttf otf eot ttc",
        &[
            "font/*",
            "application/font*",
            "application/x-font*",
            "application/vnd.ms-fontobject",
            "application/vnd.ms-opentype",
        ],
    ),
    ("wasm", &["application/wasm"]),
    (
        "mp3 mp4 m4a m4v m4s mpg mpeg ogg oga ogv ogx opus aac flac wav aif aiff au mid midi webm weba avi mov qt mkv \
         wmv wma flv f4v 3gp 3g2 ts m2ts m3u m3u8 pls mpd",
        &[
            "audio/*",
            "video/*",
            "application/ogg",
            "application/mp4",
            "application/mpeg*",
            "application/x-mpegurl",
            "application/vnd.apple.mpegurl",
            "application/dash+xml",
            "application/pls+xml",
            "application/x-scpls",
            "application/x-midi",
            "application/x-matroska",
            "application/vnd.rn-*",
            "application/mxf",
        ],
    ),
    ("pdf", &["application/pdf", "application/x-pdf"]),
    (
        "ps eps ai",
        &[
            "application/postscript",
            "application/eps",
            "application/pdf",
            "image/*",
        ],
    ),
    ("pict pct", &["image/*"]),
    (
        "csv",
        &[
            "text/csv",
            "text/plain",
            "application/csv",
            "text/comma-separated-values",
            "application/vnd.ms-excel",
        ],
    ),
    (
        "swf class jar ejs",
        &[
            "application/java*",
            "application/x-java*",
            "application/vnd.adobe.flash*",
            "application/x-shockwave-flash",
        ],
    ),
    (
        "doc docx docm dot dotx xls xlsx xlsm xlsb ppt pptx pptm pps odt ods odp rtf",
        &[
            "application/msword",
            "application/mspowerpoint",
            "application/msexcel",
            "application/rtf",
            "text/rtf",
            "application/vnd.*",
        ],
    ),
    (
        "zip gz tgz bz2 xz zst tar rar 7z iso img dmg exe msi apk deb rpm bin cab br",
        &[
            "application/zip",
            "application/gzip",
            "application/zstd",
            "application/x-*",
            "application/vnd.*",
            "application/java-archive",
        ],
    ),
];

/// How many of them are what pages are made up with.
const DECORATIONS: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_are_read_in_every_way() {
        for (path, expected) in [
            ("/a/b.css", "css"),
            ("/a/B.CSS", "css"),
            ("/account;x.js", "js"),
            ("/account%2fx.png", "png"),
            ("/me/x%2ecss", "css"),
            ("/me/x.c%73s", "css"),
            ("/me/x%252ecss", "css"),
            ("/me/x.css%3ba", "css"),
            ("/me/x.css;a=b", "css"),
            ("/me/x.css%00", "css"),
            ("/me/x.css%23a", "css"),
            ("/me/x.css%3fa.png", "png css"),
            ("/me/x.css%2f", ""),
            ("/me/x.css%20", "css"),
            ("/me\\\\x.css", "css"),
            ("/a.b/c", ""),
            ("/a.", ""),
            ("/a.verylongword", ""),
            ("/a.b-c", ""),
            ("/", ""),
        ] {
            let mut found = Vec::new();
            add_extensions(None, path.as_bytes(), &mut found);
            assert_eq!(found.join(&b' '), expected.as_bytes(), "{path}");
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
            ("js", "text/ecmascript", true),
            ("mp4", "application/mp4", true),
            ("pls", "text/html", false),
            ("pls", "audio/x-scpls", true),
            ("eps", "application/postscript", true),
            ("xlsx", "text/html", false),
            ("png", "text/html", false),
            ("html", "application/json", true),
            ("map", "application/json", true),
            ("map", "text/html", false),
        ] {
            let allowed = armor.allows(&[extension.as_bytes().to_vec()], media_type.as_bytes());
            assert_eq!(allowed, expected, "{extension} {media_type}");
        }
    }
}
