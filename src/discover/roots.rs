//! The folders that definitions are looked for in.

use super::{Folder, folder};
use crate::base::codes;
use crate::base::diagnostic::{Diagnostics, Place};

/// Which manager the units are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The system's.
    System,
    /// A user's.
    User,
}

/// What of the environment decides where definitions are.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// `QUADLET_UNIT_DIRS`: replaces all folders unless empty.
    pub quadlet_unit_dirs: String,
    /// `XDG_RUNTIME_DIR`.
    pub runtime_dir: String,
    /// `XDG_CONFIG_HOME`.
    pub config_home: String,
    /// `HOME`.
    pub home: String,
    /// The user's number.
    pub uid: u32,
    /// What all folders lie under: empty, but for offline use.
    pub root: String,
}

/// How a folder is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Search {
    /// It and all below it.
    Deep,
    /// It and all below it but `users`, first level.
    DeepWithoutUsers,
    /// The same, and whoever has definitions in `users` is told.
    DeepReportingUsers,
    /// It and all below it but folders of the first level that are numbers.
    DeepWithoutNumbers,
    /// It alone, and all below its `apps`; nothing hidden.
    Native,
}

/// A folder to search.
#[derive(Debug)]
pub(super) struct Root {
    pub(super) path: String,
    pub(super) folder: Folder,
    pub(super) search: Search,
}

/// The folders to search, highest priority first.
#[derive(Debug)]
pub struct Roots {
    pub(super) list: Vec<Root>,
    /// Whether `QUADLET_UNIT_DIRS` named them: then Quadlet's rules hold to the letter.
    pub replaced: bool,
    /// What they all lie under, without links in it; empty for the machine itself.
    pub(super) top: String,
}

impl Roots {
    /// Returns one folder with all below it, for a look at definitions that are not installed.
    pub fn of_folder(path: &str, folder: Folder) -> Self {
        Self::one(path, folder, Search::Deep)
    }

    /// Returns one folder alone, for a look at one file among its neighbours.
    pub fn beside(path: &str, folder: Folder) -> Self {
        Self::one(path, folder, Search::Native)
    }

    fn one(path: &str, folder: Folder, search: Search) -> Self {
        let root = Root {
            path: path.to_owned(),
            folder,
            search,
        };
        Self {
            list: vec![root],
            replaced: false,
            top: String::new(),
        }
    }

    /// Returns the folders' paths.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.list.iter().map(|r| r.path.as_str())
    }
}

/// Tells the folders of a manager.
pub fn find_roots(scope: Scope, environment: &Environment, diagnostics: &mut Diagnostics) -> Roots {
    // Where the root cannot be resolved, neither can what lies below it: each folder will say so.
    let top = match environment.root.as_str() {
        "" | "/" => String::new(),
        root => folder::resolve(root).unwrap_or_else(|_| root.to_owned()),
    };
    if !environment.quadlet_unit_dirs.is_empty() {
        let list = replaced(environment, &top, diagnostics);
        return Roots {
            list,
            replaced: true,
            top,
        };
    }
    let mut list = Vec::new();
    let mut add = |folder, search, path: String| {
        list.push(Root {
            path: [&top, path.as_str()].concat(),
            folder,
            search,
        });
    };
    match scope {
        Scope::System => {
            add(Folder::Native, Search::Native, "/etc/containers".into());
            add(
                Folder::Native,
                Search::Native,
                "/usr/share/containers".into(),
            );
            add(
                Folder::Quadlet,
                Search::Deep,
                "/run/containers/systemd".into(),
            );
            let etc = "/etc/containers/systemd".into();
            add(Folder::Quadlet, Search::DeepWithoutUsers, etc);
            let usr = "/usr/share/containers/systemd".into();
            add(Folder::Quadlet, Search::DeepReportingUsers, usr);
        }
        Scope::User => {
            let uid = environment.uid;
            let config = config_home(environment, diagnostics);
            if let Some(config) = &config {
                add(
                    Folder::Native,
                    Search::Native,
                    format!("{config}/containers"),
                );
            }
            for place in ["/etc", "/usr/share"] {
                add(
                    Folder::Native,
                    Search::Native,
                    format!("{place}/containers/users/{uid}"),
                );
                add(
                    Folder::Native,
                    Search::Native,
                    format!("{place}/containers/users"),
                );
            }
            if !environment.runtime_dir.is_empty() {
                let run = format!("{}/containers/systemd", environment.runtime_dir);
                add(Folder::Quadlet, Search::Deep, run);
            }
            if let Some(config) = &config {
                add(
                    Folder::Quadlet,
                    Search::Deep,
                    format!("{config}/containers/systemd"),
                );
            }
            for place in ["/etc", "/usr/share"] {
                let users = format!("{place}/containers/systemd/users");
                let own = format!("{users}/{uid}");
                add(Folder::Quadlet, Search::DeepWithoutNumbers, users);
                add(Folder::Quadlet, Search::Deep, own);
            }
        }
    }
    Roots {
        list,
        replaced: false,
        top,
    }
}

/// Returns the folder of the user's settings.
fn config_home(environment: &Environment, diagnostics: &mut Diagnostics) -> Option<String> {
    if environment.config_home.starts_with('/') {
        return Some(environment.config_home.clone());
    }
    if !environment.config_home.is_empty() {
        diagnostics
            .add(
                codes::NO_HOME,
                Place::Nowhere,
                "`XDG_CONFIG_HOME` is a relative path; it is not used",
            )
            .help("set it to an absolute path, or not at all");
        return None;
    }
    if environment.home.is_empty() {
        let message =
            "neither `XDG_CONFIG_HOME` nor `HOME` is set; the user's own definitions are not read";
        diagnostics
            .add(codes::NO_HOME, Place::Nowhere, message)
            .help("set `HOME`");
        return None;
    }
    Some(format!("{}/.config", environment.home))
}

fn replaced(environment: &Environment, top: &str, diagnostics: &mut Diagnostics) -> Vec<Root> {
    let mut list = Vec::new();
    for element in environment
        .quadlet_unit_dirs
        .split(':')
        .filter(|e| !e.is_empty())
    {
        if element.starts_with('/') {
            let path = [top, element].concat();
            list.push(Root {
                path,
                folder: Folder::Quadlet,
                search: Search::Deep,
            });
        } else {
            let message = format!(
                "`{element}` in QUADLET_UNIT_DIRS is not an absolute path; it is not searched"
            );
            diagnostics
                .add(codes::BAD_UNIT_DIR, Place::Nowhere, message)
                .help("begin it with `/`; stock Quadlet stops at it and searches none after it");
        }
    }
    list
}
