//! Where the project and the programs it runs are.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::Error;

/// The root of the project: the folder the configurations' relative paths (`dist/…`) start from. Looked for from the working
/// folder upwards, then from where this program is.
#[must_use]
pub fn root() -> PathBuf {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    let found = ROOT.get_or_init(|| {
        let here = std::env::current_dir().unwrap_or_default();
        let program = std::env::current_exe().unwrap_or_default();
        root_above(&here).or_else(|| root_above(&program)).unwrap_or(here)
    });
    found.clone()
}

/// The nearest folder, this one or one above it, that holds the project.
fn root_above(folder: &Path) -> Option<PathBuf> {
    let is_root =
        |folder: &&Path| folder.join("envoy/chain.yaml").is_file() && folder.join("scripts").is_dir();
    folder.ancestors().find(is_root).map(Path::to_owned)
}

/// Runs `scripts/<script>.sh`, which prints the path of a program and fetches it when it has to.
///
/// # Errors
/// [`Error::Missing`] when the script can't find or fetch the program; the script itself says why on standard error.
pub fn from_script(script: &str) -> Result<PathBuf, Error> {
    let path = root().join("scripts").join(format!("{script}.sh"));
    let missing = |remedy: String| Error::Missing {
        program: script.to_owned(),
        remedy: format!("{}: {remedy}", path.display()),
    };
    let output = Command::new("bash")
        .arg(&path)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| missing(e.to_string()))?;
    let printed = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    match output.status.success() && !printed.is_empty() {
        true => Ok(PathBuf::from(printed)),
        false => Err(missing(format!("it ended with {}", output.status))),
    }
}

/// Finds `program` in `PATH`, or where distributions put daemons, which a user's `PATH` may lack.
#[must_use]
pub fn in_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(DAEMONS.iter().map(PathBuf::from));
    folders
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
}

/// Finds `program` in `PATH` or says what to install.
///
/// # Errors
/// [`Error::Missing`].
pub fn required(program: &str, remedy: &str) -> Result<PathBuf, Error> {
    in_path(program).ok_or_else(|| Error::Missing {
        program: program.to_owned(),
        remedy: remedy.to_owned(),
    })
}

const DAEMONS: &[&str] = &["/usr/sbin", "/usr/local/sbin"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_project_is_found_from_any_folder_in_it() {
        let project = tempfile::tempdir().unwrap();
        let deep = project.path().join("mesh/tour/src/tour");
        for folder in [
            &deep,
            &project.path().join("envoy"),
            &project.path().join("scripts"),
        ] {
            std::fs::create_dir_all(folder).unwrap();
        }
        assert_eq!(
            root_above(&deep),
            None,
            "without its configurations it isn't the project"
        );
        std::fs::write(project.path().join("envoy/chain.yaml"), "").unwrap();
        for folder in [deep.as_path(), project.path()] {
            assert_eq!(root_above(folder).as_deref(), Some(project.path()));
        }
        assert!(root().join("mesh/tour/src/tool.rs").is_file());
    }

    #[test]
    fn what_is_missing_is_told_with_what_to_do() {
        assert!(required("sh", "").is_ok());
        let error = required("no-such-program", "install it (apt install it)")
            .unwrap_err()
            .to_string();
        assert_eq!(
            error,
            "no-such-program is needed and was not found: install it (apt install it)"
        );
        let error = from_script("no-such-script").unwrap_err().to_string();
        assert!(
            error.starts_with("no-such-script is needed and was not found"),
            "{error}"
        );
    }
}
