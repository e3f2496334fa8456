//! Messages: to the kernel's log, which the journal reads and which is there before the journal is,
//! else to standard error.

use std::fmt::Write as _;

use rustix::fd::OwnedFd;
use rustix::fs::{Mode, OFlags};

use crate::base::diagnostic::{Diagnostics, Level};
use crate::base::source::Sources;

/// The longest record that the kernel takes, with its priority, bytes (`PRINTKRB_RECORD_MAX`).
const RECORD: usize = 976;

/// Where messages go.
#[derive(Debug)]
pub(super) struct Log {
    kmsg: Option<OwnedFd>,
    is_verbose: bool,
    /// What goes to standard error, in one piece at the end.
    pending: String,
}

impl Log {
    /// Opens the kernel's log unless it is not to be used.
    pub(super) fn open(uses_kmsg: bool, is_verbose: bool) -> Self {
        let flags = OFlags::WRONLY | OFlags::CLOEXEC | OFlags::NOCTTY;
        let open = || rustix::fs::open("/dev/kmsg", flags, Mode::empty()).ok();
        Self {
            kmsg: if uses_kmsg { open() } else { None },
            is_verbose,
            pending: String::new(),
        }
    }

    /// Logs all diagnostics in the order of their places.
    pub(super) fn diagnostics(&mut self, diagnostics: &Diagnostics, sources: &Sources) {
        for located in diagnostics.located(sources) {
            self.line(located.diagnostic.level, &located.line());
        }
    }

    /// Logs one line.
    pub(super) fn line(&mut self, level: Level, text: &str) {
        if level == Level::Note && !self.is_verbose {
            return;
        }
        let pid = std::process::id();
        if let Some(kmsg) = &self.kmsg {
            let priority = match level {
                Level::Error | Level::Tolerated => 3,
                Level::Warning => 4,
                Level::Note => 7,
            };
            let mut record = format!("<{priority}>wharf-generator[{pid}]: {text}");
            if record.len() > RECORD {
                let end = (0..RECORD)
                    .rev()
                    .find(|&i| record.is_char_boundary(i))
                    .unwrap_or(0);
                record.truncate(end);
                record.push('…');
            }
            if rustix::io::write(kmsg, record.as_bytes()).is_ok() {
                return;
            }
            self.kmsg = None;
        }
        writeln!(self.pending, "wharf-generator[{pid}]: {text}").unwrap_or_default();
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        write_all(rustix::stdio::stderr(), &self.pending);
    }
}

/// Writes a text as far as it can be written: there is nobody left to tell.
pub(super) fn write_all(to: rustix::fd::BorrowedFd<'_>, text: &str) {
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        match rustix::io::retry_on_intr(|| rustix::io::write(to, rest)) {
            Ok(count) => rest = rest.get(count..).unwrap_or_default(),
            Err(_) => return,
        }
    }
}
