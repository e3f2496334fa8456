//! Drop-ins: which of them belong to a definition, and in which order they apply.
//!
//! Quadlet asks every folder for every possible name. Here the names of the folders are known from
//! the listings, so a definition costs a look into an index, and a drop-in folder is opened only
//! when a definition has it.

use std::collections::BTreeMap;

use super::folder::{self, Item, OpenFolder, What};
use super::walk::Walk;
use super::{Folder, Found};
use crate::base::codes;
use crate::base::diagnostic::DiagnosticId;
use crate::base::source::{DirId, FileId};

/// A folder of drop-ins as the walk came by it.
#[derive(Debug)]
pub(super) struct DropinFolder {
    pub(super) name: String,
    pub(super) path: String,
    pub(super) kind: Folder,
}

/// All of them, in the order of their priority.
#[derive(Debug, Default)]
pub(super) struct Dropins {
    folders: Vec<DropinFolder>,
}

/// A drop-in folder that has been listed.
struct Listed {
    opened: OpenFolder,
    dir: DirId,
    items: Vec<Item>,
    /// For each item its text, once read.
    files: Vec<Option<Dropin>>,
}

/// A drop-in's text, and the error if it has none.
#[derive(Clone, Copy)]
struct Dropin {
    file: FileId,
    error: Option<DiagnosticId>,
}

impl Dropins {
    pub(super) fn add(&mut self, folder: DropinFolder) {
        self.folders.push(folder);
    }

    /// Gives each definition its drop-ins.
    pub(super) fn apply(&self, walk: &mut Walk<'_>, definitions: &mut [Found]) {
        if self.folders.is_empty() {
            return;
        }
        let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (i, folder) in self.folders.iter().enumerate() {
            by_name.entry(&folder.name).or_default().push(i);
        }
        let mut listed: BTreeMap<usize, Result<Listed, Option<DiagnosticId>>> = BTreeMap::new();
        let mut numbers: Vec<usize> = Vec::new();
        for definition in definitions {
            // The first of a file's name counts: the most specific folder, then the highest root.
            let mut chosen: BTreeMap<String, (usize, usize)> = BTreeMap::new();
            numbers.clear();
            each_folder_name(definition, |name| {
                numbers.extend(by_name.get(name).into_iter().flatten());
            });
            for &number in &numbers {
                let Some(folder) = self.folders.get(number) else {
                    continue;
                };
                if folder.kind != definition.folder {
                    continue;
                }
                match listed.entry(number).or_insert_with(|| list(walk, folder)) {
                    Ok(list) => {
                        for (i, item) in list.items.iter().enumerate() {
                            chosen.entry(item.name.clone()).or_insert((number, i));
                        }
                    }
                    Err(error) => definition.lacks_dropin(*error),
                }
            }
            for (number, item) in chosen.into_values() {
                let Some(Ok(list)) = listed.get_mut(&number) else {
                    continue;
                };
                match list.dropin(walk, item) {
                    Some(Dropin { file, error: None }) => definition.dropins.push(file),
                    Some(Dropin { error, .. }) => definition.lacks_dropin(error),
                    None => {}
                }
            }
        }
    }
}

impl Found {
    /// Quadlet makes the unit without a drop-in that cannot be read; here a setting that is missing
    /// is an error of the definition.
    fn lacks_dropin(&mut self, error: Option<DiagnosticId>) {
        if self.folder == Folder::Native {
            self.error = self.error.or(error);
        }
    }
}

fn list(walk: &mut Walk<'_>, folder: &DropinFolder) -> Result<Listed, Option<DiagnosticId>> {
    let mut listing = std::mem::take(&mut walk.listing);
    let result = folder::open(&folder.path).and_then(|opened| {
        let items = opened.list(&mut listing, |name| name.ends_with(".conf"))?;
        Ok((opened, items))
    });
    walk.listing = listing;
    match result {
        Ok((opened, mut items)) => {
            items.retain(|i| i.name.ends_with(".conf"));
            let dir = walk.builder.add_dir(&folder.path);
            let files = items.iter().map(|_| None).collect();
            Ok(Listed {
                opened,
                dir,
                items,
                files,
            })
        }
        Err(error) if folder::is_absent(&error) => Err(None),
        Err(error) => {
            let id = walk.diagnostics.next_id();
            walk.cannot_read(&folder.path, &error);
            Err(Some(id))
        }
    }
}

impl Listed {
    /// Returns an item's text, read once, or nothing if the item hides others.
    fn dropin(&mut self, walk: &mut Walk<'_>, number: usize) -> Option<Dropin> {
        if let Some(Some(dropin)) = self.files.get(number) {
            return Some(*dropin);
        }
        let item = self.items.get(number)?;
        if item.what == What::Null {
            return None;
        }
        let file = walk.builder.add_file(self.dir, item.name.as_str());
        let error = match item.what {
            What::File => walk.read(&self.opened, item, file),
            What::Dangling | What::Unknown => Some(walk.dangling(file)),
            What::Folder | What::Other | What::Null => {
                let message = "this has the name of a drop-in, but is no file; it is not read";
                walk.diagnostics
                    .add(codes::NOT_A_FILE, file, message)
                    .help("rename it");
                None
            }
        };
        let dropin = Dropin { file, error };
        *self.files.get_mut(number)? = Some(dropin);
        Some(dropin)
    }
}

/// Calls `with` for the names of the folders that a definition's drop-ins may stand in, most
/// specific first: for `foo-bar@a.container` these are `foo-bar@a.container.d`,
/// `foo-bar@.container.d`, `foo-@.container.d`, `foo-.container.d` and `container.d`.
fn each_folder_name(definition: &Found, mut with: impl FnMut(&str)) {
    let suffix = definition.kind.suffix();
    let base = definition.name.get(..definition.base_length).unwrap_or("");
    let (name, instance) = match base.split_once('@') {
        Some((name, instance)) => (name, Some(instance)),
        None => (base, None),
    };
    let mut folder = String::with_capacity(definition.name.len() + 4);
    let mut call = |parts: &[&str]| {
        folder.clear();
        folder.extend(parts.iter().copied());
        with(&folder);
    };
    call(&[&definition.name, ".d"]);
    if instance.is_some_and(|i| !i.is_empty()) {
        call(&[name, "@.", suffix, ".d"]);
    }
    let mut prefix = name;
    while let Some((shorter, _)) = prefix.rsplit_once('-') {
        prefix = shorter;
        if instance.is_some() {
            call(&[prefix, "-@.", suffix, ".d"]);
        }
        call(&[prefix, "-.", suffix, ".d"]);
    }
    call(&[suffix, ".d"]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::source::SourcesBuilder;
    use crate::schema::Kind;

    fn names(file: &str) -> Vec<String> {
        let mut builder = SourcesBuilder::default();
        let dir = builder.add_dir("/");
        let (kind, base_length) = Kind::of_file(file).unwrap();
        let found = Found {
            name: file.into(),
            kind,
            base_length,
            folder: Folder::Quadlet,
            file: builder.add_file(dir, file),
            dropins: Vec::new(),
            error: None,
            is_unreadable: false,
            shadows_quadlet: false,
            shadows: None,
        };
        let mut names = Vec::new();
        each_folder_name(&found, |name| names.push(name.to_owned()));
        names
    }

    #[test]
    fn dropin_folders_go_from_the_name_to_the_kind() {
        let all = [
            "foo-bar@a.container.d",
            "foo-bar@.container.d",
            "foo-@.container.d",
            "foo-.container.d",
            "container.d",
        ];
        assert_eq!(names("foo-bar@a.container"), all);
        assert_eq!(names("foo.volume"), ["foo.volume.d", "volume.d"]);
        let deep = ["a-b-c.pod.d", "a-b-.pod.d", "a-.pod.d", "pod.d"];
        assert_eq!(names("a-b-c.pod"), deep);
    }
}
