//! The configurations in `envoy/`, in the form that the Envoy at hand reads.

use std::fs;
use std::process::Command;

use crate::Error;
use crate::tool;

/// The configuration `envoy/<name>`; for an Envoy before 1.38 its variant in `envoy/before-1.38/`, where it has one.
///
/// # Errors
/// [`Error::Missing`] without an Envoy, [`Error::File`] without the configuration.
pub fn shipped(name: &str) -> Result<String, Error> {
    let folder = tool::root().join("envoy");
    let variant = folder.join("before-1.38").join(name);
    let path = match variant.is_file() && version()? < [1, 38] {
        true => variant,
        false => folder.join(name),
    };
    fs::read_to_string(&path).map_err(Error::file(&path))
}

/// The version of the Envoy at hand: major and minor.
///
/// # Errors
/// [`Error::Missing`] without an Envoy, [`Error::Unexpected`] when it doesn't say.
pub fn version() -> Result<[u32; 2], Error> {
    let output = Command::new(tool::from_script("envoy")?)
        .arg("--version")
        .output()
        .map_err(|source| Error::Spawn {
            name: "envoy".to_owned(),
            source,
        })?;
    let said = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    read(&said).ok_or_else(|| Error::Unexpected(format!("envoy --version: {said}")))
}

/// Reads `<path>/envoy  version: <commit>/1.40.0/Clean/RELEASE/BoringSSL`.
fn read(said: &str) -> Option<[u32; 2]> {
    let (_, said) = said.split_once("version: ")?;
    let mut numbers = said.split('/').nth(1)?.split('.');
    Some([numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_what_envoy_says() {
        for (said, version) in [
            (
                "/bin/envoy  version: 9e55/1.40.0/Clean/RELEASE/BoringSSL",
                Some([1, 40]),
            ),
            (
                "envoy  version: 9e55/1.36.4-dev/Modified/DEBUG/BoringSSL",
                Some([1, 36]),
            ),
            ("envoy", None),
            ("envoy  version: a/b/c", None),
        ] {
            assert_eq!(read(said), version, "{said}");
        }
    }
}
