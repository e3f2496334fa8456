//! Which definitions there are, in which order of priority, with which drop-ins. The only stage
//! that reads definitions.
//!
//! Each folder is listed once, and each file opened once, relative to its folder. What is no regular
//! file is never read: a pipe with a unit's name would stop the boot.

mod dropins;
mod folder;
mod installed;
mod roots;
mod walk;

pub use installed::{find_packaged, podman_generator_is_active};
pub use roots::{Environment, Roots, Scope, find_roots};

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::base::diagnostic::{DiagnosticId, Diagnostics};
use crate::base::source::{FileId, Sources};
use crate::schema::Kind;

/// Whose rules hold for a definition: those of the folder it was found in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Folder {
    /// One of Wharf's own: units can be enabled.
    Native,
    /// One of Quadlet's: `[Install]` acts when the unit is made.
    Quadlet,
}

/// A definition as it was found.
#[derive(Debug)]
pub struct Found {
    /// The name of its file: what references name it by.
    pub name: Rc<str>,
    /// What it defines.
    pub kind: Kind,
    /// How much of the name stands before the suffix, bytes.
    pub base_length: usize,
    /// Whose rules hold for it.
    pub folder: Folder,
    /// The main file.
    pub file: FileId,
    /// Its drop-ins in the order they apply in.
    pub dropins: Vec<FileId>,
    /// The error that kept the main file or, in a native folder, a drop-in from being read.
    pub error: Option<DiagnosticId>,
    /// Whether the main file could not be read.
    pub is_unreadable: bool,
    /// Whether a definition of the same name in a Quadlet folder stands behind it.
    pub shadows_quadlet: bool,
    /// The path of the first file of the same name that has a lower priority.
    pub shadows: Option<Box<str>>,
}

/// All that one run works on.
#[derive(Debug)]
pub struct Discovery {
    /// The texts.
    pub sources: Sources,
    /// The definitions, highest priority first.
    pub definitions: Vec<Found>,
    /// Names of definitions that a link to `/dev/null` hides.
    pub masked: BTreeSet<Rc<str>>,
    /// Folders and files that could not be read: what stands there is unknown, not gone.
    pub unreadable: Vec<String>,
}

/// Reads all definitions that `roots` lead to.
pub fn discover(roots: &Roots, diagnostics: &mut Diagnostics) -> Discovery {
    let mut walk = walk::Walk::new(&roots.top, diagnostics);
    for root in &roots.list {
        walk.root(root);
    }
    walk.finish()
}
