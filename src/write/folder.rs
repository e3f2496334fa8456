//! One folder that units are written to.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, Mode, OFlags, mkdirat, openat, renameat, symlinkat, unlinkat};
use rustix::io::Errno;

use super::Error;
use crate::emit::Link;

/// The name under which a unit is written before it gets its own. It begins with a dot and has no
/// suffix, so systemd passes over it.
const TEMPORARY: &str = ".wharf-unit";

/// The most folders that are kept open.
const OPEN_FOLDERS: usize = 64;

/// What the kernel copies in one go, bytes.
const PAGE: usize = 4096;

/// An open folder.
#[derive(Debug)]
pub(super) struct Target {
    fd: OwnedFd,
    path: String,
    /// Folders of links made before: most links go to the same few.
    folders: BTreeMap<String, OwnedFd>,
}

/// Opens a folder without following a link in its last part.
pub(super) fn open_folder(at: &OwnedFd, name: &str) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    Ok(openat(at, name, flags, Mode::empty())?)
}

/// Creates a file; what has its name already, a link too, is left alone.
fn create(at: &OwnedFd, name: &str) -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(at, name, flags, Mode::from_raw_mode(0o644))
}

fn write_all(file: &OwnedFd, text: &str) -> io::Result<()> {
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        let count = rustix::io::retry_on_intr(|| rustix::io::write(file, rest))?;
        rest = rest.get(count..).unwrap_or_default();
    }
    Ok(())
}

impl Target {
    /// Opens a folder, made with its parents if missing.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let name = || path.to_string_lossy().into_owned();
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let open = || rustix::fs::open(path, flags, Mode::empty());
        let mut opened = open();
        if opened.as_ref().is_err_and(|&e| e == Errno::NOENT) {
            std::fs::create_dir_all(path).map_err(|source| Error::MakeFolder {
                path: name(),
                source,
            })?;
            opened = open();
        }
        let fd = opened.map_err(|e| Error::OpenFolder {
            path: name(),
            source: io::Error::from(e),
        })?;
        Ok(Self {
            fd,
            path: name(),
            folders: BTreeMap::new(),
        })
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Writes a unit whole or not at all.
    ///
    /// One that fits a page and replaces nothing goes straight to its name: the kernel copies a page
    /// in one go, so a run that is killed can leave an empty file at most, which systemd takes as
    /// masked. A file of its own and a rename would cost a sixth of the whole run.
    pub(super) fn write(&self, name: &str, text: &str) -> io::Result<()> {
        if text.len() <= PAGE {
            match create(&self.fd, name) {
                Err(Errno::EXIST) => {}
                created => {
                    return write_all(&created?, text).inspect_err(|_| {
                        unlinkat(&self.fd, name, AtFlags::empty()).unwrap_or_default();
                    });
                }
            }
        }
        self.write_to(&self.fd, name, text)
    }

    /// Writes a unit here first, then moves it into another folder of the same file system: a run
    /// that is killed in between leaves nothing there.
    pub(super) fn write_to(&self, folder: &OwnedFd, name: &str, text: &str) -> io::Result<()> {
        let mut created = create(&self.fd, TEMPORARY);
        if created.as_ref().is_err_and(|&e| e == Errno::EXIST) {
            self.remove_temporary(); // of a run that was killed
            created = create(&self.fd, TEMPORARY);
        }
        write_all(&created?, text)
            .and_then(|()| Ok(renameat(&self.fd, TEMPORARY, folder, name)?))
            .inspect_err(|_| self.remove_temporary())
    }

    fn remove_temporary(&self) {
        // If this fails too, the next run tries again.
        unlinkat(&self.fd, TEMPORARY, AtFlags::empty()).unwrap_or_default();
    }

    /// Makes a symbolic link, in place of whatever file or link has its name.
    pub(super) fn link(&mut self, link: &Link) -> io::Result<()> {
        let (folder, name) = link.path.rsplit_once('/').unwrap_or(("", &link.path));
        let at = self.folder(folder)?;
        match symlinkat(link.target.as_str(), at, name) {
            Err(Errno::EXIST) => {
                unlinkat(at, name, AtFlags::empty())?;
                Ok(symlinkat(link.target.as_str(), at, name)?)
            }
            other => Ok(other?),
        }
    }

    /// Opens a folder below, made if missing; no part of its path may be a link.
    fn folder(&mut self, path: &str) -> io::Result<&OwnedFd> {
        if path.is_empty() {
            return Ok(&self.fd);
        }
        if !self.folders.contains_key(path) {
            let mut opened: Option<OwnedFd> = None;
            for part in path.split('/') {
                let at = opened.as_ref().unwrap_or(&self.fd);
                match mkdirat(at, part, Mode::from_raw_mode(0o755)) {
                    Ok(()) | Err(Errno::EXIST) => {}
                    Err(error) => return Err(error.into()),
                }
                opened = Some(open_folder(at, part)?);
            }
            if self.folders.len() >= OPEN_FOLDERS {
                self.folders.clear();
            }
            self.folders.extend(opened.map(|fd| (path.to_owned(), fd)));
        }
        Ok(self.folders.get(path).unwrap_or(&self.fd))
    }
}
