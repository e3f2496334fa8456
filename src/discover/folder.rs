//! One open folder: its entries, and its files' texts.

use std::ffi::CStr;
use std::io;

use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawDir, makedev};
use rustix::io::Errno;

use crate::base::path;
use crate::base::source::LARGEST;

/// Room for the entries of one call, bytes.
const LISTING: usize = 32 * 1024;
/// Room for the text of one call, bytes: nearly every definition is shorter.
const READING: usize = 16 * 1024;

/// What an entry is, links followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    File,
    Folder,
    /// Leads to `/dev/null`: hides what has a lower priority.
    Null,
    /// A pipe, socket or device.
    Other,
    /// A link that leads nowhere.
    Dangling,
    /// A link that cannot be followed, as one in a circle: what is behind it is unknown.
    Unknown,
}

/// An entry of a folder.
#[derive(Debug)]
pub(super) struct Item {
    /// Its name. One that is not UTF-8 has U+FFFD in it, and cannot be opened by it.
    pub(super) name: String,
    pub(super) what: What,
    pub(super) is_link: bool,
}

/// A folder that is open.
#[derive(Debug)]
pub(super) struct OpenFolder {
    fd: rustix::fd::OwnedFd,
}

/// Opens a folder; links are followed.
pub(super) fn open(path: &str) -> io::Result<OpenFolder> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NONBLOCK;
    Ok(OpenFolder {
        fd: rustix::fs::open(path, flags, Mode::empty())?,
    })
}

impl OpenFolder {
    /// Returns the entries whose names `wanted` takes, and all folders, sorted by name.
    pub(super) fn list(
        &self,
        buffer: &mut Vec<u8>,
        wanted: impl Fn(&str) -> bool,
    ) -> io::Result<Vec<Item>> {
        buffer.reserve(LISTING);
        let mut items = Vec::new();
        let mut entries = RawDir::new(&self.fd, buffer.spare_capacity_mut());
        while let Some(entry) = entries.next() {
            let entry = entry?;
            let raw = entry.file_name();
            let kind = entry.file_type();
            if matches!(raw.to_bytes(), b"." | b"..") {
                continue;
            }
            let name = raw.to_string_lossy();
            let may_be_folder = matches!(
                kind,
                FileType::Directory | FileType::Symlink | FileType::Unknown
            );
            if !may_be_folder && !wanted(&name) {
                continue;
            }
            let (what, is_link) = match kind {
                FileType::RegularFile => (What::File, false),
                FileType::Directory => (What::Folder, false),
                FileType::Symlink | FileType::Unknown => (self.follow(raw), true),
                _ => (What::Other, false),
            };
            items.push(Item {
                name: name.into_owned(),
                what,
                is_link,
            });
        }
        items.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok(items)
    }

    /// Returns what a link leads to. A file system that tells no types is treated as one full of
    /// links: it costs a call more.
    fn follow(&self, name: &CStr) -> What {
        match rustix::fs::statat(&self.fd, name, AtFlags::empty()) {
            Ok(stat) => match FileType::from_raw_mode(stat.st_mode) {
                FileType::RegularFile => What::File,
                FileType::Directory => What::Folder,
                FileType::CharacterDevice if stat.st_rdev == makedev(1, 3) => What::Null,
                _ => What::Other,
            },
            // Not dangling as far as anyone can tell: opening it will say why.
            Err(Errno::ACCESS) => What::File,
            Err(Errno::NOENT) => What::Dangling,
            Err(_) => What::Unknown,
        }
    }

    /// Appends the text of a file to `bytes`. A file of a known size takes one call; whatever has
    /// replaced it meanwhile, this neither waits nor follows a link that was none before.
    pub(super) fn read(&self, item: &Item, bytes: &mut Vec<u8>) -> io::Result<()> {
        let mut flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
        if !item.is_link {
            flags |= OFlags::NOFOLLOW;
        }
        let fd = rustix::fs::openat(&self.fd, item.name.as_str(), flags, Mode::empty())?;
        loop {
            bytes.reserve(READING);
            let room = bytes.capacity() - bytes.len();
            let got = rustix::io::retry_on_intr(|| {
                rustix::io::read(&fd, rustix::buffer::spare_capacity(bytes))
            })?;
            // A regular file gives less than asked for only at its end. What has none, such as a
            // sparse file, is given up; the caller says so.
            if got < room || bytes.len() > LARGEST {
                return Ok(());
            }
        }
    }
}

/// Returns the path of a folder without links in it.
pub(super) fn resolve(path: &str) -> io::Result<String> {
    let real = std::fs::canonicalize(path)?;
    real.into_os_string()
        .into_string()
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "its path is not UTF-8"))
}

/// Returns whether the error says that there is nothing, in contrast to "cannot tell".
pub(super) fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

/// Returns the path of an entry of a folder.
pub(super) fn child(folder: &str, name: &str) -> String {
    if folder == "/" {
        path::join("", name)
    } else {
        [folder, "/", name].concat()
    }
}
