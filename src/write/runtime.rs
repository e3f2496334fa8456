//! The folder of runtime units, where `systemctl enable` works: `/run/systemd/system`, or
//! `$XDG_RUNTIME_DIR/systemd/user`. It belongs to others too, so only units that begin with the
//! marker are replaced or removed.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, openat, unlinkat};
use rustix::io::Errno;

use super::Error;
use super::folder::{Target, open_folder};
use crate::base::path::parent;
use crate::emit::{MARKER, StandIn};

/// Why a unit was not written.
#[derive(Debug)]
pub(super) enum Refusal {
    /// Somebody else's unit has its name.
    Foreign,
    /// No unit can be written here.
    NotWritable(io::Error),
    /// This one could not.
    Failed(io::Error),
}

/// What has a unit's name.
enum Existing {
    Nothing,
    Ours(Vec<u8>),
    Foreign,
}

/// The open folder.
#[derive(Debug)]
pub struct RuntimeFolder {
    fd: OwnedFd,
    path: String,
    /// Units that this run has looked after.
    kept: BTreeSet<String>,
}

impl RuntimeFolder {
    /// Opens the folder, made if missing.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let name = path.to_string_lossy().into_owned();
        let make = |source| Error::MakeFolder {
            path: name.clone(),
            source,
        };
        if let Some(above) = path.parent() {
            std::fs::create_dir_all(above).map_err(make)?;
        }
        let above = path.parent().unwrap_or(path);
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let open = |source: Errno| Error::OpenFolder {
            path: name.clone(),
            source: source.into(),
        };
        let above = rustix::fs::open(above, flags, Mode::empty()).map_err(open)?;
        let last = path.file_name().and_then(|n| n.to_str()).unwrap_or(".");
        match rustix::fs::mkdirat(&above, last, Mode::from_raw_mode(0o755)) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => {
                return Err(Error::MakeFolder {
                    path: name,
                    source: error.into(),
                });
            }
        }
        let fd = open_folder(&above, last).map_err(|source| Error::OpenFolder {
            path: name.clone(),
            source,
        })?;
        Ok(Self {
            fd,
            path: name,
            kept: BTreeSet::new(),
        })
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Writes a unit, unless it is there already.
    pub(super) fn write(&mut self, target: &Target, name: &str, text: &str) -> Result<(), Refusal> {
        self.kept.insert(name.to_owned());
        match self.existing(name).map_err(Refusal::Failed)? {
            Existing::Foreign => return Err(Refusal::Foreign),
            Existing::Ours(old) if old == text.as_bytes() => return Ok(()),
            Existing::Ours(_) | Existing::Nothing => {}
        }
        target
            .write_to(&self.fd, name, text)
            .map_err(|error| match error.kind() {
                io::ErrorKind::PermissionDenied
                | io::ErrorKind::ReadOnlyFilesystem
                | io::ErrorKind::CrossesDevices => Refusal::NotWritable(error),
                _ => Refusal::Failed(error),
            })
    }

    fn existing(&self, name: &str) -> io::Result<Existing> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let fd = match openat(&self.fd, name, flags, Mode::empty()) {
            Ok(fd) => fd,
            Err(Errno::NOENT) => return Ok(Existing::Nothing),
            // A link: somebody has masked or linked the unit.
            Err(Errno::LOOP) => return Ok(Existing::Foreign),
            Err(error) => return Err(error.into()),
        };
        let mut text = Vec::new();
        loop {
            text.reserve(16 * 1024);
            let room = text.capacity() - text.len();
            match rustix::io::read(&fd, rustix::buffer::spare_capacity(&mut text)) {
                Ok(count) if count < room => break,
                Ok(_) => {}
                Err(Errno::ISDIR) => return Ok(Existing::Foreign),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(if text.starts_with(MARKER.as_bytes()) {
            Existing::Ours(text)
        } else {
            Existing::Foreign
        })
    }

    /// Removes what is no longer defined. What stands in a folder that could not be read stays; a
    /// unit whose service runs becomes one that can only be stopped, since systemd would otherwise
    /// forget how to clean up after it.
    pub(super) fn remove_stale(
        &mut self,
        target: &Target,
        unreadable: &[String],
        is_made_elsewhere: impl Fn(&str) -> bool,
        stand_in: StandIn<'_>,
    ) {
        for name in self.services() {
            if self.kept.contains(&name) {
                continue;
            }
            let Ok(Existing::Ours(text)) = self.existing(&name) else {
                continue;
            };
            let source = marked_source(&text);
            if unreadable.iter().any(|u| covers(u, &source)) {
                continue;
            }
            if self.is_running(&name) && !is_made_elsewhere(&name) {
                let message = format!("{source}: the definition is gone");
                let stop_only = StandIn {
                    message: &message,
                    ..stand_in
                }
                .of_removed(&source);
                // If it cannot be replaced, the old one stays, which can be stopped as well.
                self.write(target, &name, &stop_only).unwrap_or_default();
            } else {
                unlinkat(&self.fd, name.as_str(), AtFlags::empty()).unwrap_or_default();
            }
        }
    }

    /// Returns the names of the services in the folder.
    fn services(&self) -> Vec<String> {
        let Ok(dir) = Dir::read_from(&self.fd) else {
            return Vec::new();
        };
        let mut names: Vec<String> = dir
            .flatten()
            .filter(|e| matches!(e.file_type(), FileType::RegularFile | FileType::Unknown))
            .filter_map(|e| e.file_name().to_str().ok().map(str::to_owned))
            .filter(|name| name.ends_with(".service"))
            .collect();
        names.sort_unstable();
        names
    }

    /// Returns whether a service runs, or an instance of a template. systemd keeps a link for each
    /// unit that has an invocation, beside the folder of runtime units.
    fn is_running(&self, name: &str) -> bool {
        let units = format!("{}/units", parent(&self.path));
        let invocation = format!("invocation:{name}");
        let Some((prefix, suffix)) = invocation.split_once("@.") else {
            return rustix::fs::readlink(format!("{units}/{invocation}"), Vec::new()).is_ok();
        };
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let Ok(fd) = rustix::fs::open(units, flags, Mode::empty()) else {
            return false;
        };
        let Ok(dir) = Dir::new(fd) else { return false };
        dir.flatten()
            .filter_map(|e| e.file_name().to_str().ok().map(str::to_owned))
            .any(|link| {
                let rest = link.strip_prefix(prefix).and_then(|l| l.strip_prefix('@'));
                rest.is_some_and(|rest| rest.ends_with(suffix))
            })
    }
}

/// Returns the definition's path that a unit begins with.
fn marked_source(text: &[u8]) -> String {
    let line = text.get(MARKER.len()..).unwrap_or_default();
    let line = line.split(|&b| b == b'\n').next().unwrap_or_default();
    String::from_utf8_lossy(line).into_owned()
}

/// Returns whether a path that could not be read is the source or a folder above it.
fn covers(unreadable: &str, source: &str) -> bool {
    source
        .strip_prefix(unreadable)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
