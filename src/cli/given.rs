//! Definitions that a person names by path: those of the live set, and others that no generator reads.
//!
//! A path of the live set is judged as part of it. Any other folder is a set of its own, with all that
//! is below it; any other file is judged together with the folder that it is in, since its references
//! lead there. Such a folder has Quadlet's rules if it is, or is below, a `containers/systemd`, and
//! Wharf's own elsewhere.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use super::context::{Context, Found};
use super::failure::Failure;
use crate::base::diagnostic::{Diagnostics, Place};
use crate::base::source::{FileId, Sources};
use crate::discover::{Folder, Roots};

/// A set of definitions, and what of it is asked for.
#[derive(Debug)]
pub(crate) struct Asked {
    /// The set.
    pub(crate) found: Found,
    /// Files and folders; none for all.
    paths: Vec<String>,
    /// Whether the generator reads the set.
    pub(crate) is_live: bool,
}

/// Returns the live set, or the sets that these paths belong to.
pub(crate) fn find(paths: &[String], context: &Context) -> Result<Vec<Asked>, Failure> {
    let mut live = Asked {
        found: context.discover()?,
        paths: Vec::new(),
        is_live: true,
    };
    if paths.is_empty() {
        return Ok(vec![live]);
    }
    let mut others: Vec<(Outside, Asked)> = Vec::new();
    for path in paths {
        let path = GivenPath::read(path)?;
        if live.found.has_file_in(&path.real) {
            live.paths.push(path.real);
            continue;
        }
        let outside = path.outside();
        if let Some((_, asked)) = others.iter_mut().find(|(other, _)| *other == outside) {
            asked.paths.push(path.real);
            continue;
        }
        let found = Found::in_roots(outside.roots(), Diagnostics::default());
        let paths = vec![path.real];
        others.push((
            outside,
            Asked {
                found,
                paths,
                is_live: false,
            },
        ));
    }
    let mut asked = Vec::new();
    if !live.paths.is_empty() {
        asked.push(live);
    }
    asked.extend(others.into_iter().map(|(_, asked)| asked));
    Ok(asked)
}

/// A path as it was given.
struct GivenPath {
    /// Without links in its folder; the file itself may be one.
    real: String,
    is_folder: bool,
}

impl GivenPath {
    fn read(path: &str) -> Result<Self, Failure> {
        let refuse = |source| Failure::System {
            operation: "read",
            path: path.to_owned(),
            source,
        };
        let found = fs::symlink_metadata(path).map_err(refuse)?;
        let is_folder = found.is_dir() || (found.is_symlink() && Path::new(path).is_dir());
        let real = if is_folder {
            fs::canonicalize(path)
        } else {
            real_file(Path::new(path))
        };
        let real = real.map_err(refuse)?.into_os_string().into_string();
        let not_utf8 = |_| {
            refuse(io::Error::new(
                io::ErrorKind::InvalidData,
                "its path is not UTF-8",
            ))
        };
        Ok(Self {
            real: real.map_err(not_utf8)?,
            is_folder,
        })
    }

    fn outside(&self) -> Outside {
        if self.is_folder {
            return Outside {
                folder: self.real.clone(),
                is_deep: true,
            };
        }
        let folder = match self.real.rsplit_once('/') {
            None | Some(("", _)) => "/",
            Some((folder, _)) => folder,
        };
        Outside {
            folder: folder.to_owned(),
            is_deep: false,
        }
    }
}

fn real_file(path: &Path) -> io::Result<std::path::PathBuf> {
    let folder = path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    Ok(fs::canonicalize(folder)?.join(path.file_name().unwrap_or_default()))
}

/// A folder that no generator reads.
#[derive(PartialEq, Eq)]
struct Outside {
    folder: String,
    /// Whether it is what was given, and not a file in it.
    is_deep: bool,
}

impl Outside {
    fn roots(&self) -> Roots {
        let parts: Vec<&str> = self.folder.split('/').collect();
        let kind = if parts.windows(2).any(|two| two == ["containers", "systemd"]) {
            Folder::Quadlet
        } else {
            Folder::Native
        };
        if self.is_deep {
            Roots::of_folder(&self.folder, kind)
        } else {
            Roots::beside(&self.folder, kind)
        }
    }
}

impl Found {
    /// Returns whether a path is a definition or drop-in of this set, or a folder that has some.
    fn has_file_in(&self, path: &str) -> bool {
        let files = self
            .discovery
            .definitions
            .iter()
            .flat_map(|d| d.dropins.iter().chain([&d.file]));
        files
            .map(|&file| self.sources().path(file))
            .any(|file| is_in(&file, path))
    }

    /// Returns whether a problem at this place is one of the definition with this number: in its file, or
    /// in a drop-in.
    pub(crate) fn is_of(&self, number: usize, place: &Place) -> bool {
        let Some(definition) = self.discovery.definitions.get(number) else {
            return false;
        };
        let Some(path) = path_of(place, self.sources()) else {
            return false;
        };
        let own = self.sources().path(definition.file);
        path == own
            || is_in(&path, &[&own, ".d"].concat())
            || definition
                .dropins
                .iter()
                .any(|&file| self.sources().path(file) == path)
    }
}

impl Asked {
    /// Returns whether the definition with this number is asked for.
    pub(crate) fn wants(&self, number: usize) -> bool {
        let found = self.found.discovery.definitions.get(number);
        found.is_some_and(|d| {
            self.wants_file(d.file) || d.dropins.iter().any(|&f| self.wants_file(f))
        })
    }

    /// Returns whether all of the set is asked for.
    pub(crate) const fn wants_all(&self) -> bool {
        self.paths.is_empty()
    }

    fn wants_file(&self, file: FileId) -> bool {
        let path = self.found.sources().path(file);
        self.wants_all() || self.paths.iter().any(|wanted| is_in(&path, wanted))
    }

    /// Returns the files of the definitions asked for, drop-ins too.
    pub(crate) fn files(&self) -> BTreeSet<String> {
        let definitions = self.found.discovery.definitions.iter().enumerate();
        let wanted = definitions.filter(|&(number, _)| self.wants(number));
        let files = wanted.flat_map(|(_, d)| d.dropins.iter().chain([&d.file]));
        files.map(|&file| self.found.sources().path(file)).collect()
    }

    /// Returns whether a problem at this place is asked for: it is in one of these [`Self::files`], or
    /// elsewhere in a folder given.
    pub(crate) fn wants_place(&self, place: &Place, files: &BTreeSet<String>) -> bool {
        let Some(path) = path_of(place, self.found.sources()) else {
            return self.wants_all();
        };
        self.wants_all()
            || files.contains(&path)
            || self.paths.iter().any(|wanted| is_in(&path, wanted))
    }
}

/// Returns the path of the file that a problem is in.
fn path_of(place: &Place, sources: &Sources) -> Option<String> {
    match place {
        Place::At(span) => Some(sources.path(sources.file_at(span.start))),
        Place::File(file) => Some(sources.path(*file)),
        Place::Path(path) => Some(path.clone()),
        Place::Nowhere => None,
    }
}

/// Returns whether a path is another one or lies below it.
fn is_in(path: &str, other: &str) -> bool {
    path.strip_prefix(other)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || other == "/")
}
