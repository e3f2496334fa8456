//! Where units and links go. The only stage that writes.
//!
//! A unit is there whole or not at all: its text goes into a file of its own, which is then renamed.
//! Nothing is written through a symbolic link. There is no `fsync`: all of this is memory, and the
//! next boot makes it anew.

mod folder;
mod runtime;

use std::io;
use std::path::Path;

use crate::base::codes;
use crate::base::diagnostic::{Diagnostics, Place, reason};
use crate::discover::Folder;
use crate::emit::{Link, StandIn};
use crate::generate::Unit;
use crate::resolve::Set;
use folder::Target;
pub use runtime::RuntimeFolder;

/// Why a folder for units cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder cannot be made.
    #[error("cannot make the folder {path}: {source}")]
    MakeFolder {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The folder cannot be opened.
    #[error("cannot open the folder {path}: {source}")]
    OpenFolder {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
}

/// The folders that one run writes to.
#[derive(Debug)]
pub struct Writer {
    target: Target,
    runtime: Option<RuntimeFolder>,
}

impl Writer {
    /// Opens the generator's folder, made if missing, and, for native definitions, the folder of
    /// runtime units beside it.
    pub fn open(
        normal: &Path,
        runtime: Option<&Path>,
        diagnostics: &mut Diagnostics,
    ) -> Result<Self, Error> {
        let target = Target::open(normal)?;
        let runtime = runtime.and_then(|path| match RuntimeFolder::open(path) {
            Ok(folder) => Some(folder),
            Err(error) => {
                report_no_runtime(&error.to_string(), diagnostics);
                None
            }
        });
        Ok(Self { target, runtime })
    }

    /// Writes a unit and its links.
    pub fn write(&mut self, unit: &Unit<'_>, diagnostics: &mut Diagnostics) {
        if unit.folder == Folder::Native
            && let Some(runtime) = &mut self.runtime
        {
            match runtime.write(&self.target, unit.name, unit.text) {
                Ok(()) => return,
                Err(runtime::Refusal::Foreign) => {
                    let message = format!(
                        "{}/{} exists, and Wharf did not write it",
                        runtime.path(),
                        unit.name
                    );
                    let place = Place::File(unit.file);
                    diagnostics
                        .add(codes::FOREIGN_UNIT, place, message)
                        .help("remove it, or set `ServiceName=` to another name");
                    return;
                }
                Err(runtime::Refusal::NotWritable(error)) => {
                    report_no_runtime(
                        &format!("{}: {}", runtime.path(), reason(&error)),
                        diagnostics,
                    );
                    self.runtime = None;
                }
                Err(runtime::Refusal::Failed(error)) => {
                    let path = runtime.path().to_owned();
                    return Self::cannot_write(unit, &path, &error, diagnostics);
                }
            }
        }
        if let Err(error) = self.target.write(unit.name, unit.text) {
            let path = self.target.path().to_owned();
            Self::cannot_write(unit, &path, &error, diagnostics);
        }
        for link in unit.links {
            self.link(unit, link, diagnostics);
        }
    }

    fn link(&mut self, unit: &Unit<'_>, link: &Link, diagnostics: &mut Diagnostics) {
        if let Err(error) = self.target.link(link) {
            let message = format!(
                "the link {}/{} cannot be made: {}",
                self.target.path(),
                link.path,
                reason(&error)
            );
            let place = Place::File(unit.file);
            diagnostics
                .add(codes::CANNOT_LINK, place, message)
                .help("check what stands there");
        }
    }

    /// Removes units in the folder of runtime units whose definitions are gone.
    pub fn remove_stale(&mut self, set: &Set<'_>, unreadable: &[String], stand_in: StandIn<'_>) {
        let Some(runtime) = &mut self.runtime else {
            return;
        };
        let definitions = &set.definitions;
        let is_made_elsewhere = |name: &str| {
            definitions
                .iter()
                .any(|d| (d.folder == Folder::Quadlet || d.is_nameless) && d.service == name)
        };
        runtime.remove_stale(&self.target, unreadable, is_made_elsewhere, stand_in);
    }

    fn cannot_write(unit: &Unit<'_>, path: &str, error: &io::Error, diagnostics: &mut Diagnostics) {
        let message = format!("{path}/{} cannot be written: {}", unit.name, reason(error));
        let help = "make room or mend the folder, then reload";
        diagnostics
            .add(codes::CANNOT_WRITE, Place::File(unit.file), message)
            .help(help);
    }
}

fn report_no_runtime(why: &str, diagnostics: &mut Diagnostics) {
    let message = format!("the folder for runtime units cannot be written: {why}");
    let help = "units go to the generator's folder, where `systemctl enable` refuses them; links made before still start them";
    diagnostics
        .add(codes::NO_RUNTIME_FOLDER, Place::Nowhere, message)
        .help(help);
}
