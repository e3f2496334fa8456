//! What else is on the machine that decides about units: Podman's own generator, and units that
//! packages brought. Names alone are looked at, no file is read.

use std::collections::{BTreeMap, BTreeSet};

use super::Scope;
use super::folder::{self, What};
use crate::base::names;

/// The folders of packages' units.
const UNIT_FOLDERS: [&str; 2] = ["/usr/local/lib/systemd", "/usr/lib/systemd"];
/// The folders of generators, highest priority first, systemd.generator(7).
const GENERATOR_FOLDERS: [&str; 4] = [
    "/run/systemd",
    "/etc/systemd",
    "/usr/local/lib/systemd",
    "/usr/lib/systemd",
];

/// Returns which of these units, or their templates, a package brought: name and path.
pub fn find_packaged<'a>(
    scope: Scope,
    root: &str,
    wanted: impl Iterator<Item = &'a str>,
) -> BTreeMap<String, String> {
    let mut names: BTreeSet<String> = BTreeSet::new();
    for name in wanted {
        names.extend(names::template_of(name));
        names.insert(name.to_owned());
    }
    let mut found = BTreeMap::new();
    if names.is_empty() {
        return found;
    }
    for folder in UNIT_FOLDERS {
        let path = format!("{root}{folder}/{}", scope.word());
        let Ok(opened) = folder::open(&path) else {
            continue;
        };
        let items = opened.list(&mut Vec::new(), |name| names.contains(name));
        for item in items.unwrap_or_default() {
            // A link to /dev/null is no unit that anyone would miss.
            let name = item.name;
            if names.contains(&name) && item.what != What::Null {
                let unit = folder::child(&path, &name);
                found.entry(name).or_insert(unit);
            }
        }
    }
    found
}

/// Returns whether Podman's own generator makes the units of the Quadlet folders: the first one
/// found counts, and a link to `/dev/null` masks it.
pub fn podman_generator_is_active(scope: Scope, root: &str) -> bool {
    let scope = scope.word();
    for folder in GENERATOR_FOLDERS {
        let path = format!("{root}{folder}/{scope}-generators/podman-{scope}-generator");
        match rustix::fs::readlink(&path, Vec::new()) {
            Ok(target) => return target.as_bytes() != b"/dev/null",
            Err(rustix::io::Errno::INVAL) => return true, // a file, no link
            Err(_) => {}
        }
    }
    false
}

impl Scope {
    /// Returns the word that systemd's paths have for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
        }
    }
}
