//! The walk through the folders: what is listed, what is entered, what is read.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::rc::Rc;

use super::dropins::{DropinFolder, Dropins};
use super::folder::{self, Item, OpenFolder, What};
use super::roots::{Root, Search};
use super::{Discovery, Folder, Found};
use crate::base::codes;
use crate::base::diagnostic::{DiagnosticId, Diagnostics, Level, Place, reason};
use crate::base::source::{DirId, FileId, SourcesBuilder};
use crate::schema::Kind;

pub(super) struct Walk<'d> {
    pub(super) builder: SourcesBuilder,
    pub(super) diagnostics: &'d mut Diagnostics,
    pub(super) unreadable: Vec<String>,
    pub(super) listing: Vec<u8>,
    definitions: Vec<Found>,
    by_name: BTreeMap<Rc<str>, Option<usize>>,
    visited: BTreeSet<(Folder, String)>,
    dropins: Dropins,
    /// The root at hand, without links in it, and how it is searched.
    root: (String, Search),
}

/// A folder that waits to be listed.
struct Waiting {
    path: String,
    search: Search,
    /// Whether it is the root itself, in which users' folders and `apps` have a meaning.
    is_top: bool,
}

impl<'d> Walk<'d> {
    pub(super) fn new(top: &str, diagnostics: &'d mut Diagnostics) -> Self {
        Self {
            builder: SourcesBuilder::new(top),
            diagnostics,
            unreadable: Vec::new(),
            listing: Vec::new(),
            definitions: Vec::new(),
            by_name: BTreeMap::new(),
            visited: BTreeSet::new(),
            dropins: Dropins::default(),
            root: (String::new(), Search::Deep),
        }
    }

    /// Reads a root and what is below it, a folder's own files before its sub-folders.
    pub(super) fn root(&mut self, root: &Root) {
        let opened = match folder::open(&root.path) {
            Ok(opened) => opened,
            Err(error) if folder::is_absent(&error) => return,
            Err(error) => return self.cannot_read(&root.path, &error),
        };
        // Units name the folder without links: the same file has one path, whichever way it is found.
        let path = match folder::resolve(&root.path) {
            Ok(path) => path,
            Err(error) => return self.cannot_read(&root.path, &error),
        };
        if path.ends_with(".d") && root.folder == Folder::Quadlet {
            self.diagnostics
                .add(codes::DROPIN_NAME, Place::Path(path), "a folder whose name ends with `.d` is for drop-ins; it is not searched for definitions")
                .help("give it another name");
            return;
        }
        self.root = (path.clone(), root.search);
        let mut opened = Some(opened);
        let mut waiting = vec![Waiting {
            path,
            search: root.search,
            is_top: true,
        }];
        while let Some(next) = waiting.pop() {
            if !self.visited.insert((root.folder, next.path.clone())) {
                continue;
            }
            let opened = match opened.take().map_or_else(|| folder::open(&next.path), Ok) {
                Ok(opened) => opened,
                Err(error) => {
                    self.cannot_read(&next.path, &error);
                    continue;
                }
            };
            let mut below = self.folder(&opened, &next, root.folder);
            below.reverse(); // the stack gives the first one first
            waiting.append(&mut below);
        }
    }

    /// Lists one folder, reads its definitions, and returns what is to be entered.
    fn folder(&mut self, opened: &OpenFolder, at: &Waiting, kind: Folder) -> Vec<Waiting> {
        let mut listing = std::mem::take(&mut self.listing);
        let items = opened.list(&mut listing, |name| {
            Kind::of_file(name).is_some() || is_dropin_folder(name)
        });
        self.listing = listing;
        let items = match items {
            Ok(items) => items,
            Err(error) => {
                self.cannot_read(&at.path, &error);
                return Vec::new();
            }
        };
        let dir = self.builder.add_dir(&at.path);
        let mut below = Vec::new();
        for item in &items {
            let name = item.name.as_str();
            if kind == Folder::Native && name.starts_with('.') {
                continue;
            }
            let is_lost = item.what == What::Unknown && kind == Folder::Native;
            if is_lost && (name == "apps" || !at.is_top) && Kind::of_file(name).is_none() {
                let path = folder::child(&at.path, name);
                if let Err(error) = folder::open(&path) {
                    self.cannot_read(&path, &error);
                }
            }
            if item.what == What::Folder {
                self.enter(item, name, at, kind, &mut below);
            }
            if item.what != What::Folder && is_dropin_folder(name) {
                let place = Place::Path(folder::child(&at.path, name));
                self.diagnostics
                    .add(
                        codes::NOT_A_FOLDER,
                        place,
                        "this has the name of a folder for drop-ins, but is none",
                    )
                    .help("make a folder of this name, with files `*.conf` in it");
            }
            if let Some((definition, base_length)) = Kind::of_file(name) {
                self.definition(opened, item, name, dir, (definition, base_length), kind);
            }
        }
        below
    }

    /// Decides what a sub-folder is: drop-ins, a place for more definitions, or nobody's business.
    fn enter(
        &mut self,
        item: &Item,
        name: &str,
        at: &Waiting,
        kind: Folder,
        below: &mut Vec<Waiting>,
    ) {
        let path = folder::child(&at.path, name);
        if is_dropin_folder(name) {
            self.dropins.add(DropinFolder {
                name: name.to_owned(),
                path: path.clone(),
                kind,
            });
        }
        let search = match (at.search, at.is_top) {
            (Search::Native, true) if name != "apps" => return,
            (Search::Native, _) => Search::Native,
            (Search::DeepReportingUsers, true) if name == "users" => {
                self.diagnostics
                    .add(
                        codes::USERS_FOLDER,
                        Place::Path(path),
                        "definitions for users, which the system's manager does not read",
                    )
                    .help("move a file that the system is to run one folder up");
                return;
            }
            (Search::DeepWithoutUsers, true) if name.starts_with("users") && name != "users" => {
                self.diagnostics
                    .add(
                        codes::USERS_FOLDER,
                        Place::Path(path.clone()),
                        "the system's manager reads this folder; stock Quadlet does not, since its name begins with `users`",
                    )
                    .help("rename it");
                Search::Deep
            }
            _ => Search::Deep,
        };
        let path = if item.is_link {
            match folder::resolve(&path) {
                Ok(path) => path,
                Err(error) => return self.cannot_read(&path, &error),
            }
        } else {
            path
        };
        if !path.ends_with(".d") && !self.is_users(&path) {
            below.push(Waiting {
                path,
                search,
                is_top: false,
            });
        }
    }

    /// Returns whether a folder, however it was come by, belongs to users that this search leaves
    /// out: a link must not make the system run what a user has written.
    fn is_users(&self, path: &str) -> bool {
        let (top, search) = &self.root;
        let below = path
            .strip_prefix(top.as_str())
            .and_then(|rest| rest.strip_prefix('/'));
        let first = below.and_then(|rest| rest.split('/').next()).unwrap_or("");
        match search {
            Search::DeepWithoutUsers | Search::DeepReportingUsers => first == "users",
            Search::DeepWithoutNumbers => is_number(first),
            Search::Deep | Search::Native => false,
        }
    }

    fn definition(
        &mut self,
        opened: &OpenFolder,
        item: &Item,
        name: &str,
        dir: DirId,
        (kind, base_length): (Kind, usize),
        folder: Folder,
    ) {
        let path = |walk: &Self| folder::child(walk.builder.dir(dir), name);
        if name.contains('\u{fffd}') {
            self.diagnostics
                .add(
                    codes::BAD_FILE_NAME,
                    Place::Path(path(self)),
                    "the name of the file is not UTF-8, so no unit can be named after it",
                )
                .help("rename the file");
            return;
        }
        match item.what {
            What::Folder | What::Other => {
                let what = if item.what == What::Folder {
                    "a folder"
                } else {
                    "a pipe, socket or device"
                };
                self.diagnostics
                    .add(
                        codes::NOT_A_FILE,
                        Place::Path(path(self)),
                        format!("{what} has the name of a definition; it is not read"),
                    )
                    .help("rename it");
                return;
            }
            What::File | What::Null | What::Dangling | What::Unknown => {}
        }
        if let Some(&first) = self.by_name.get(name) {
            return self.shadowed(first, &path(self), folder);
        }
        let number = self.definitions.len();
        let shared: Rc<str> = name.into();
        let hides =
            item.what == What::Null && !matches!(kind, Kind::Volume | Kind::Network | Kind::Pod);
        self.by_name
            .insert(shared.clone(), (!hides).then_some(number));
        if hides {
            self.diagnostics.add(
                codes::MASKED,
                Place::Path(path(self)),
                "the link to /dev/null hides this definition",
            );
            return;
        }
        let file = self.builder.add_file(dir, shared.clone());
        let error = match item.what {
            What::Null => {
                let message = format!(
                    "a link to /dev/null is an empty .{} file, and that is a default one",
                    kind.suffix()
                );
                self.diagnostics
                    .add(codes::NULL_DEFAULT, file, message)
                    .help("remove the link; it does not hide a definition of this kind");
                None
            }
            What::Dangling | What::Unknown => Some(self.dangling(file)),
            What::File | What::Folder | What::Other => self.read(opened, item, file),
        };
        self.definitions.push(Found {
            name: shared,
            kind,
            base_length,
            folder,
            file,
            dropins: Vec::new(),
            error,
            is_unreadable: error.is_some(),
            shadows_quadlet: false,
            shadows: None,
        });
    }

    pub(super) fn dangling(&mut self, file: FileId) -> DiagnosticId {
        let id = self.diagnostics.next_id();
        self.diagnostics
            .add(codes::DANGLING_LINK, file, "the link leads nowhere")
            .help("mend or remove the link");
        id
    }

    /// Tells of a definition that one found before replaces.
    fn shadowed(&mut self, first: Option<usize>, path: &str, folder: Folder) {
        let first = first.and_then(|i| self.definitions.get_mut(i));
        let Some(first) = first else { return };
        let winner = self.builder.path(first.file);
        first.shadows.get_or_insert_with(|| path.into());
        if first.folder == folder {
            let message = format!("{winner} has the same name and a higher priority");
            let place = Place::Path(path.to_owned());
            let problem = self.diagnostics.add(codes::SHADOWED, place, message);
            if is_users_own(path, &winner) {
                // The manual says that the user's own file wins; it never did.
                problem
                    .level(Level::Warning)
                    .help("remove one of the two, or rename it");
            }
        } else {
            first.shadows_quadlet = true;
            self.diagnostics
                .add(
                    codes::DEFINED_TWICE,
                    Place::Path(path.to_owned()),
                    format!("{winner} has the same name and is used in place of this file"),
                )
                .help("remove one of the two");
        }
    }

    /// Reads a file's text behind all others and returns the error if it cannot.
    pub(super) fn read(
        &mut self,
        opened: &OpenFolder,
        item: &Item,
        file: FileId,
    ) -> Option<DiagnosticId> {
        let before = self.builder.buffer().len();
        let read = opened.read(item, self.builder.buffer());
        let id = self.diagnostics.next_id();
        if let Err(error) = read {
            self.builder.buffer().truncate(before);
            self.unreadable.push(self.builder.path(file));
            self.report_unreadable(file.into(), &error);
        } else if self.builder.keep_addressable(before).is_err() {
            self.diagnostics
                .add(
                    codes::TOO_LARGE,
                    file,
                    "all definitions together are larger than 256 MiB",
                )
                .help("remove what is no definition");
        } else {
            return None;
        }
        Some(id)
    }

    pub(super) fn cannot_read(&mut self, path: &str, error: &io::Error) {
        self.unreadable.push(path.to_owned());
        self.report_unreadable(Place::Path(path.to_owned()), error);
    }

    fn report_unreadable(&mut self, place: Place, error: &io::Error) {
        self.diagnostics
            .add(
                codes::UNREADABLE,
                place,
                format!("cannot be read: {}", reason(error)),
            )
            .help("check its permissions and those of the folders above it");
    }

    /// Adds the drop-ins and gives the texts their final shape.
    pub(super) fn finish(mut self) -> Discovery {
        let mut definitions = std::mem::take(&mut self.definitions);
        let dropins = std::mem::take(&mut self.dropins);
        dropins.apply(&mut self, &mut definitions);
        let masked = |(name, number): (Rc<str>, Option<usize>)| number.is_none().then_some(name);
        Discovery {
            masked: self.by_name.into_iter().filter_map(masked).collect(),
            sources: self.builder.finish(),
            definitions,
            unreadable: self.unreadable,
        }
    }
}

/// Returns whether drop-ins may stand in a folder of this name.
fn is_dropin_folder(name: &str) -> bool {
    let of = name.strip_suffix(".d");
    of.is_some_and(|of| Kind::from_suffix(of).is_some() || Kind::of_file(of).is_some())
}

/// Returns whether a file lies in the folder of one user, and the other in that of all users.
fn is_users_own(path: &str, general: &str) -> bool {
    let folder = general.rsplit_once('/').map_or("", |(folder, _)| folder);
    let below = path
        .strip_prefix(folder)
        .and_then(|rest| rest.strip_prefix('/'));
    let number = below
        .and_then(|rest| rest.split_once('/'))
        .map_or("", |(first, _)| first);
    folder.ends_with("/users") && is_number(number)
}

fn is_number(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit())
}
