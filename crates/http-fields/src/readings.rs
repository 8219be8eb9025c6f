use crate::path::{STEPS, is_plain, normal_form, written_form};

/// What servers may take a path for: the path in its [normal form](crate::path::normal_form), and all that any of the
/// [steps](STEPS) make of it, in whatever order.
///
/// ```
/// use http_fields::Readings;
/// let readings = Readings::of(b"/public/..%3b/admin").unwrap();
/// assert!(readings.paths().any(|path| path == b"/admin"));
/// assert!(Readings::of(b"/public/style.css").is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readings {
    paths: Vec<Vec<u8>>,
    /// How many of them don't come from what looks like an authority.
    own: usize,
    complete: bool,
}

impl Readings {
    /// The readings of `path`; `None` where there is one, the path as it stands, which one scan tells.
    pub fn of(path: &[u8]) -> Option<Self> {
        if is_plain(path) {
            return None;
        }
        let mut written = Written {
            forms: Vec::new(),
            complete: path.len() <= MAX_LENGTH,
        };
        written.add(written_form(path).into_owned());
        if !path.starts_with(b"/") {
            for rooted in [Some(path), after_authority(path)].into_iter().flatten() {
                written.add(written_form(&[b"/", rooted].concat()).into_owned());
            }
        }
        written.complete_from(0);
        let (of_path, mut own) = (written.forms.len(), 0);
        for place in 0..of_path {
            let below = written.forms.get(place).and_then(|form| below_authority(form));
            if let Some(form) = below {
                written.add(form);
            }
        }
        written.complete_from(of_path);
        let mut paths = vec![normal_form(path).into_owned()];
        for (place, form) in written.forms.into_iter().enumerate() {
            if place == of_path {
                own = paths.len();
            }
            let path = normal_form(&form);
            // What servers name differs in no escaped dot.
            if is_written_so(&form) && !paths.iter().any(|known| *known == *path) {
                paths.push(path.into_owned());
            }
        }
        Some(Self {
            own: if own == 0 { paths.len() } else { own },
            paths,
            complete: written.complete,
        })
    }

    /// The readings: the first is the path as it stands.
    pub fn paths(&self) -> impl Iterator<Item = &[u8]> {
        self.paths.iter().map(Vec::as_slice)
    }

    /// Whether these are all. A path of more than 8 KiB, or with more than 48 forms on the way, may be read as any other.
    pub fn are_complete(&self) -> bool {
        self.complete
    }

    /// The path that all spellings of a resource have in common, as far as one can tell: the shortest reading.
    pub fn shortest(&self) -> &[u8] {
        let by_length = |path: &&Vec<u8>| (path.len(), path.as_slice().to_vec());
        self.paths
            .iter()
            .take(self.own)
            .min_by_key(by_length)
            .map_or(&[], Vec::as_slice)
    }
}

/// What servers have in hand on their way to a resource.
struct Written {
    forms: Vec<Vec<u8>>,
    complete: bool,
}

impl Written {
    /// Takes every step from the form of this number on.
    fn complete_from(&mut self, mut next: usize) {
        while self.complete
            && let Some(form) = self.forms.get(next)
        {
            let made: Vec<Vec<u8>> = STEPS.iter().filter_map(|step| step(form)).collect();
            made.into_iter().for_each(|form| self.add(form));
            next += 1;
        }
    }

    fn add(&mut self, form: Vec<u8>) {
        if self.forms.contains(&form) {
            return;
        }
        if self.forms.len() == MAX_FORMS {
            self.complete = false;
            return;
        }
        self.forms.push(form);
    }
}

/// Whether no dot is escaped in a written form.
fn is_written_so(form: &[u8]) -> bool {
    !form.windows(3).any(|escape| escape == b"%2E")
}

/// What servers that resolve the target as a reference make of a path that begins with two slashes: an authority, which such a reference
/// names (RFC 3986 §4.2), and the path behind it. Node's `URL` does.
fn below_authority(form: &[u8]) -> Option<Vec<u8>> {
    let named = form.strip_prefix(b"//")?;
    let slashes = named.iter().take_while(|byte| **byte == b'/').count();
    let path = named.get(slashes..)?.splitn(2, |byte| *byte == b'/').nth(1);
    Some([b"/", path.unwrap_or_default()].concat())
}

/// What follows the authority of a target in absolute form (RFC 9112 §3.2.2), without its slash.
fn after_authority(target: &[u8]) -> Option<&[u8]> {
    let scheme = target.iter().position(|byte| *byte == b':')?;
    let rest = target.get(scheme..)?.strip_prefix(b"://")?;
    let slash = rest.iter().position(|byte| *byte == b'/');
    Some(slash.map_or(&[], |slash| rest.get(slash + 1..).unwrap_or_default()))
}

/// Few paths that mean anything have more than six.
const MAX_FORMS: usize = 48;
/// What a path costs is linear in its length; servers rarely take longer ones.
const MAX_LENGTH: usize = 8 << 10;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn readings_of_paths() {
        for (path, expected) in [
            ("/docs;v=1", &["/docs;v=1", "/docs"][..]),
            ("/%61dmin", &["/admin"]),
            ("//a", &["//a", "/a", "/"]),
            ("//h/admin", &["//h/admin", "/h/admin", "/admin"]),
            ("/x/../login", &["/x/../login", "/login"]),
            ("/.well-known/x", &["/.well-known/x"]),
            ("/a%2fb", &["/a%2Fb", "/a/b"]),
            ("/a%252fb", &["/a%252fb", "/a%2Fb", "/a/b"]),
            ("/a\\b", &["/a%5Cb", "/a/b"]),
            ("/caf%c3%a9", &["/caf%C3%A9"]),
            ("/;/admin", &["/;/admin", "//admin", "/admin", "/"]),
            ("admin", &["admin", "/admin"]),
            ("", &["", "/"]),
            (
                "http://h/admin",
                &[
                    "http://h/admin",
                    "/http://h/admin",
                    "/admin",
                    "http:/h/admin",
                    "/http:/h/admin",
                ],
            ),
            ("/a%00b", &["/a%00b", "/a"]),
        ] {
            let readings = Readings::of(path.as_bytes()).unwrap();
            let found: Vec<_> = readings
                .paths()
                .map(|path| String::from_utf8_lossy(path))
                .collect();
            assert_eq!(found, expected, "{path}");
            assert!(readings.are_complete(), "{path}");
        }
        for path in ["/", "/a/b.css", "/a:b@c,d/", "/v1/$batch", "*"] {
            assert_eq!(Readings::of(path.as_bytes()), None, "{path}");
        }
    }

    #[test]
    fn readings_are_bounded() {
        for (name, path) in [
            ("long", ["/a;x".repeat(3000)].concat()),
            ("escaped often", ["/%", &"25".repeat(60), "2f"].concat()),
            (
                "all at once",
                "/a;%2f..%5c;%252e./%3b//%00.%20/%c0%af%3f;b".repeat(4),
            ),
        ] {
            let readings = Readings::of(path.as_bytes()).unwrap();
            assert!(
                !readings.are_complete() && readings.paths().count() <= MAX_FORMS,
                "{name}"
            );
        }
    }

    proptest! {
        /// Whatever steps a server takes, in whatever order, it comes to a reading.
        #[test]
        fn every_sequence_of_steps_leads_to_a_reading(
            path in "/([a-c]|/|[.]{1,2}/|;|%2[fFeE5]|%5c|%3b|\\\\|%252f){0,8}",
            taken in prop::collection::vec(0..STEPS.len(), 0..8),
        ) {
            let mut resource = written_form(path.as_bytes()).into_owned();
            for number in taken {
                if let Some(made) = STEPS[number](&resource) {
                    resource = made;
                }
            }
            let resource = normal_form(&resource).into_owned();
            match Readings::of(path.as_bytes()) {
                None => prop_assert_eq!(resource, path.as_bytes()),
                Some(readings) => prop_assert!(
                    !readings.are_complete() || readings.paths().any(|path| path == resource)
                ),
            }
        }

        #[test]
        fn any_bytes_have_readings(path in prop::collection::vec(any::<u8>(), 0..60)) {
            if let Some(readings) = Readings::of(&path) {
                prop_assert!(readings.paths().count() > 0);
            }
        }
    }
}
