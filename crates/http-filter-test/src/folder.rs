use http_filter_replay::{Case, CaseFile};
use std::path::Path;

/// Reads every `*.yaml` file of a folder; the cases in order of their names.
///
/// # Panics
/// When a file can't be read or is no file of cases, when a name occurs twice, when a case says nothing, or when there
/// is no case at all: a test that can't fail is none.
pub fn load(folder: &Path) -> Vec<Case> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "yaml"))
        .collect();
    files.sort();
    let mut cases: Vec<Case> = files.iter().flat_map(|file| read(file)).collect();
    assert!(!cases.is_empty(), "{}: no cases", folder.display());
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    for pair in cases.windows(2) {
        assert_ne!(
            pair[0].name,
            pair[1].name,
            "{}: two cases of this name",
            folder.display()
        );
    }
    cases
}

fn read(file: &Path) -> Vec<Case> {
    let text = std::fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let document =
        serde_yaml_ng::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    CaseFile::read(&document)
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
        .cases
}
