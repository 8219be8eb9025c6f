//! Which file of a crate imports which: read from `use` declarations and paths, re-exports followed to where a name is defined.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};
use syn::{Item, UseTree, visit::Visit};

/// For each file of a crate, relative to its `src`, the files that it imports from.
pub type Imports = BTreeMap<String, BTreeSet<String>>;

/// A module's path from the crate's root.
type ModulePath = Vec<String>;

/// Reads the crate whose sources lie in `src`. Tests (`tests.rs`, `#[cfg(test)]`) are left out.
///
/// # Panics
/// When a file can't be read or parsed.
pub fn imports(src: &Path) -> Imports {
    let mut modules = BTreeMap::new();
    collect(src, src, &mut modules);
    let crate_modules = Modules(modules);
    let files = crate_modules.0.iter();
    files
        .map(|(path, module)| (module.file.clone(), crate_modules.imports_of(path, module)))
        .collect()
}

/// A module that has a file of its own.
struct Module {
    file: String,
    syntax: syn::File,
    /// Names that `use` brings in, and what they stand for.
    aliases: BTreeMap<String, ModulePath>,
    /// Names of its own, but for those that macros make.
    items: BTreeSet<String>,
}

struct Modules(BTreeMap<ModulePath, Module>);

impl Modules {
    fn imports_of(&self, path: &ModulePath, module: &Module) -> BTreeSet<String> {
        let mut paths = Paths::default();
        paths.visit_file(&module.syntax);
        let files = paths.found.iter().filter_map(|found| {
            let file = self.file_of(path, &found.path, MAX_ALIASES)?;
            // What a module hands on from below itself, it doesn't use.
            let is_below = || module_path(Path::new(&file)).starts_with(path);
            (file != module.file && !(found.is_reexport && is_below())).then_some(file)
        });
        files.collect()
    }

    /// The file that defines what `named` stands for in the module at `from`; `None` where that is a module, or none of
    /// this crate's names.
    fn file_of(&self, from: &ModulePath, named: &[String], aliases_left: usize) -> Option<String> {
        let first = named.first()?;
        let (mut place, mut rest) = match first.as_str() {
            "crate" => (Vec::new(), named.get(1..)?),
            "self" => (from.clone(), named.get(1..)?),
            "super" => (from.get(..from.len().checked_sub(1)?)?.to_vec(), named.get(1..)?),
            _ => {
                let known = self.0.get(from)?;
                if !self.has_child(from, first) && !known.aliases.contains_key(first) {
                    return None;
                }
                (from.clone(), named)
            }
        };
        while let Some(("super", after)) = rest.split_first().map(|(name, after)| (name.as_str(), after)) {
            place.pop()?;
            rest = after;
        }
        while let Some((name, after)) = rest.split_first() {
            if self.has_child(&place, name) {
                place.push(name.clone());
                rest = after;
                continue;
            }
            let module = self.0.get(&place)?;
            let Some(meant) = module.aliases.get(name) else {
                // What the crate's root doesn't define is a macro, which has no file.
                let is_macro = place.is_empty() && !module.items.contains(name);
                return (!is_macro).then(|| module.file.clone());
            };
            let whole: ModulePath = meant.iter().chain(after).cloned().collect();
            return self.file_of(&place, &whole, aliases_left.checked_sub(1)?);
        }
        None
    }

    fn has_child(&self, module: &ModulePath, name: &str) -> bool {
        let mut child = module.clone();
        child.push(name.to_owned());
        self.0.contains_key(&child)
    }
}

/// Re-exports of re-exports are followed this far.
const MAX_ALIASES: usize = 16;

/// Adds the files of a folder.
fn collect(src: &Path, folder: &Path, modules: &mut BTreeMap<ModulePath, Module>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(src, &path, modules);
        } else if path.extension().is_some_and(|extension| extension == "rs") && !is_tests(&path) {
            let text = fs::read_to_string(&path).unwrap();
            let syntax = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let relative = path.strip_prefix(src).unwrap();
            let module = Module {
                file: relative.to_str().unwrap().to_owned(),
                aliases: aliases(&syntax),
                items: items(&syntax),
                syntax,
            };
            modules.insert(module_path(relative), module);
        }
    }
}

fn is_tests(path: &Path) -> bool {
    let name = path.file_stem().unwrap_or_default();
    name == "tests" || name.to_string_lossy().ends_with("_tests")
}

fn module_path(file: &Path) -> ModulePath {
    let mut path: ModulePath = file
        .with_extension("")
        .iter()
        .map(|part| part.to_str().unwrap().to_owned())
        .collect();
    if matches!(path.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        path.pop();
    }
    path
}

fn aliases(syntax: &syn::File) -> BTreeMap<String, ModulePath> {
    let mut aliases = BTreeMap::new();
    for item in &syntax.items {
        if let Item::Use(item) = item {
            leaves(&item.tree, &mut Vec::new(), &mut |path, name| {
                aliases.insert(name, path);
            });
        }
    }
    aliases
}

fn items(syntax: &syn::File) -> BTreeSet<String> {
    let names = syntax.items.iter().filter_map(|item| match item {
        Item::Const(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Static(item) => Some(&item.ident),
        Item::Struct(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        _ => None,
    });
    names.map(ToString::to_string).collect()
}

/// Calls `leaf` with the path and the name of everything that a `use` brings in; a glob's name is `*`.
fn leaves(tree: &UseTree, before: &mut ModulePath, leaf: &mut impl FnMut(ModulePath, String)) {
    let ended = |before: &ModulePath, name: &syn::Ident| {
        let mut path = before.clone();
        if name != "self" || path.is_empty() {
            path.push(name.to_string());
        }
        path
    };
    match tree {
        UseTree::Path(path) => {
            before.push(path.ident.to_string());
            leaves(&path.tree, before, leaf);
            before.pop();
        }
        UseTree::Name(name) => {
            let path = ended(before, &name.ident);
            let last = path.last().cloned().unwrap_or_default();
            leaf(path, last);
        }
        UseTree::Rename(rename) => leaf(ended(before, &rename.ident), rename.rename.to_string()),
        UseTree::Glob(_) => {
            let mut path = before.clone();
            path.push("*".to_owned());
            leaf(path, "*".to_owned());
        }
        UseTree::Group(group) => group.items.iter().for_each(|tree| leaves(tree, before, leaf)),
    }
}

/// The paths of a file, those of `use` among them.
#[derive(Default)]
struct Paths {
    found: Vec<Found>,
}

struct Found {
    path: ModulePath,
    is_reexport: bool,
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Mod(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => &Vec::new(),
        };
        let is_test = attributes.iter().any(|attribute| {
            attribute.path().is_ident("cfg")
                && attribute
                    .parse_args::<syn::Ident>()
                    .is_ok_and(|ident| ident == "test")
        });
        if !is_test {
            syn::visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        let is_reexport = !matches!(item.vis, syn::Visibility::Inherited);
        leaves(&item.tree, &mut Vec::new(), &mut |path, _| {
            self.found.push(Found { path, is_reexport });
        });
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments = path.segments.iter();
        let path_of_names = segments.map(|segment| segment.ident.to_string()).collect();
        self.found.push(Found {
            path: path_of_names,
            is_reexport: false,
        });
        syn::visit::visit_path(self, path);
    }
}
