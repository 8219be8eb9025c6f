//! Programs that must succeed.

use std::process::Command;

/// Runs a program to its end: what it wrote to its standard output.
///
/// # Panics
/// When it can't be started, or fails: with all that it wrote.
pub fn succeed(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}
