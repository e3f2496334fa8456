//! The folder in which an administrator's links to units are, in the root of any system. Nothing is
//! reached through a link that leads out of that root.

use std::collections::BTreeSet;

use rustix::fd::{AsFd as _, OwnedFd};
use rustix::fs::{AtFlags, CWD, Dir, Mode, OFlags, ResolveFlags};
use rustix::io::Errno;

use super::failure::Failure;
use super::install::UnitLink;
use crate::discover::Scope;

/// `etc/systemd/system` or `etc/systemd/user` of a root.
#[derive(Debug)]
pub(super) struct UnitFolder {
    root: OwnedFd,
    /// Its path in the root.
    path: String,
    /// Its path for people.
    shown: String,
}

/// What stands in the folder in place of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum InPlace {
    /// Nothing.
    Nothing,
    /// A link to `/dev/null`.
    Mask,
    /// A unit file, or a link to one.
    Unit,
}

/// The endings of the folders whose links say what a unit wants.
const FOLDERS: [&str; 3] = [".wants", ".requires", ".upholds"];

const OPEN_FOLDER: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::CLOEXEC);

impl UnitFolder {
    /// Opens the folder of a root; it need not exist.
    pub(super) fn open(root: &str, scope: Scope) -> Result<Self, Failure> {
        let at = if root.is_empty() { "/" } else { root };
        let opened = rustix::fs::openat(CWD, at, OPEN_FOLDER, Mode::empty());
        let path = format!("etc/systemd/{}", scope.word());
        let root_fd = opened.map_err(|e| failed("open", at.to_owned(), e))?;
        Ok(Self {
            root: root_fd,
            shown: format!("{root}/{path}"),
            path,
        })
    }

    /// Returns what stands in place of a unit.
    pub(super) fn in_place_of(&self, unit: &str) -> InPlace {
        let Ok(folder) = self.open_folder("") else {
            return InPlace::Nothing;
        };
        match rustix::fs::readlinkat(&folder, unit, Vec::new()) {
            Ok(target) if target.as_bytes() == b"/dev/null" => InPlace::Mask,
            Err(Errno::NOENT) => InPlace::Nothing,
            _ => InPlace::Unit,
        }
    }

    /// Makes a link, and the folders above it. Returns its path, and nothing if it was there.
    pub(super) fn link(&self, link: &UnitLink, target: &str) -> Result<Option<String>, Failure> {
        let shown = self.shown(link);
        let folder = self
            .make_folder(&link.folder)
            .map_err(|e| failed("make the folder of", shown.clone(), e))?;
        match rustix::fs::readlinkat(&folder, &link.name, Vec::new()) {
            Err(Errno::NOENT) => {}
            Ok(old) if old.as_bytes() == target.as_bytes() => return Ok(None),
            // systemd looks at the name of such a link, hardly at where it leads.
            Ok(_) if !link.folder.is_empty() => {
                rustix::fs::unlinkat(&folder, &link.name, AtFlags::empty())
                    .map_err(|e| failed("replace", shown.clone(), e))?;
            }
            Ok(_) | Err(Errno::INVAL) => {
                let what = format!("{shown} exists, and Wharf did not make it");
                return Err(Failure::Refused {
                    what,
                    hint: "remove it, or the `Alias=`".to_owned(),
                });
            }
            Err(error) => return Err(failed("look at", shown, error)),
        }
        rustix::fs::symlinkat(target, &folder, &link.name)
            .map_err(|e| failed("make", shown.clone(), e))?;
        Ok(Some(shown))
    }

    /// Returns all links that lead to `target`, in order.
    pub(super) fn links_to(&self, target: &str) -> Result<BTreeSet<UnitLink>, Failure> {
        let mut links = BTreeSet::new();
        let mut folders = vec![String::new()];
        while let Some(folder) = folders.pop() {
            let opened = match self.open_folder(&folder) {
                Ok(opened) => opened,
                // Not there, or something else with such a name.
                Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => continue,
                Err(error) => return Err(failed("open", self.shown_folder(&folder), error)),
            };
            let names =
                names_in(&opened).map_err(|e| failed("list", self.shown_folder(&folder), e))?;
            for name in names {
                let link = rustix::fs::readlinkat(&opened, &name, Vec::new());
                if link.is_ok_and(|link| link.as_bytes() == target.as_bytes()) {
                    links.insert(UnitLink {
                        folder: folder.clone(),
                        name,
                    });
                } else if folder.is_empty() && FOLDERS.iter().any(|ending| name.ends_with(ending)) {
                    folders.push(name);
                }
            }
        }
        Ok(links)
    }

    /// Removes a link, and the folder of links it was the last one in. Returns its path.
    pub(super) fn unlink(&self, link: &UnitLink) -> Result<String, Failure> {
        let shown = self.shown(link);
        let refuse = |error| failed("remove", shown.clone(), error);
        let folder = self.open_folder(&link.folder).map_err(refuse)?;
        rustix::fs::unlinkat(&folder, &link.name, AtFlags::empty()).map_err(refuse)?;
        if !link.folder.is_empty()
            && let Ok(above) = self.open_folder("")
        {
            // Fails while there are others, which is as it should be.
            let _ = rustix::fs::unlinkat(&above, &link.folder, AtFlags::REMOVEDIR);
        }
        Ok(shown)
    }

    fn path_of(&self, folder: &str) -> String {
        [self.path.as_str(), folder].join("/")
    }

    fn open_folder(&self, folder: &str) -> Result<OwnedFd, Errno> {
        self.open_in_root(&self.path_of(folder))
    }

    fn open_in_root(&self, path: &str) -> Result<OwnedFd, Errno> {
        rustix::fs::openat2(
            &self.root,
            path,
            OPEN_FOLDER,
            Mode::empty(),
            ResolveFlags::IN_ROOT,
        )
    }

    /// Opens a folder of links; it and those above it are made if missing.
    fn make_folder(&self, folder: &str) -> Result<OwnedFd, Errno> {
        let path = self.path_of(folder);
        let mut made = String::new();
        let mut above = self.open_in_root(".")?;
        for part in path.split('/').filter(|part| !part.is_empty()) {
            match rustix::fs::mkdirat(&above, part, Mode::from_raw_mode(0o755)) {
                Ok(()) | Err(Errno::EXIST) => {}
                Err(error) => return Err(error),
            }
            made.push_str(part);
            made.push('/');
            above = self.open_in_root(&made)?;
        }
        Ok(above)
    }

    fn shown(&self, link: &UnitLink) -> String {
        [&self.shown_folder(&link.folder), link.name.as_str()].join("/")
    }

    fn shown_folder(&self, folder: &str) -> String {
        if folder.is_empty() {
            self.shown.clone()
        } else {
            [self.shown.as_str(), folder].join("/")
        }
    }
}

/// Returns the names in a folder; those that are not UTF-8 are nobody's here.
fn names_in(folder: &OwnedFd) -> Result<Vec<String>, Errno> {
    let mut names = Vec::new();
    for entry in Dir::read_from(folder.as_fd())? {
        if let Ok(name) = entry?.file_name().to_str() {
            names.push(name.to_owned());
        }
    }
    names.retain(|name| name != "." && name != "..");
    Ok(names)
}

fn failed(operation: &'static str, path: String, error: Errno) -> Failure {
    Failure::System {
        operation,
        path,
        source: error.into(),
    }
}
