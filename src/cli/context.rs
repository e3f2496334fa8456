//! What all verbs share: the options that stand before or behind any verb, the environment, and what
//! is to be written.

use std::fmt;

use super::failure::Failure;
use crate::base::diagnostic::{Diagnostics, Level};
use crate::base::source::Sources;
use crate::discover::{
    Discovery, Environment, Folder, Roots, Scope, discover, find_roots, podman_generator_is_active,
};
use crate::generate::Request;
use crate::generator::{Variables, request};
use crate::resolve::Set;

/// What stands above these options in the help.
const HEADING: &str = "Options for all verbs";

/// Options of every verb.
#[derive(Debug, clap::Args)]
pub(crate) struct Global {
    /// Work on the services of the user who calls; the default unless that is root
    #[arg(long, global = true, conflicts_with = "system", help_heading = HEADING, display_order = 101)]
    user: bool,
    /// Work on the services of the system; the default for root
    #[arg(long, global = true, help_heading = HEADING, display_order = 102)]
    system: bool,
    /// Work on the system whose root is this folder, which need not run
    #[arg(long, global = true, value_name = "DIR", help_heading = HEADING, display_order = 103)]
    root: Option<String>,
    /// Tell notes too
    #[arg(short, long, global = true, help_heading = HEADING, display_order = 104)]
    verbose: bool,
}

/// What a verb works with.
#[derive(Debug)]
pub(crate) struct Context {
    /// Whose services.
    pub(crate) scope: Scope,
    /// Whether `--user` or `--system` said so.
    pub(crate) scope_is_given: bool,
    /// Whether `--root` is given.
    pub(crate) is_offline: bool,
    /// The environment; its places have the root.
    pub(crate) variables: Variables,
    is_verbose: bool,
    data: String,
    talk: String,
}

impl Context {
    /// Reads the environment.
    pub(crate) fn new(global: &Global) -> Self {
        let uid = rustix::process::geteuid().as_raw();
        let scope = match (global.user, global.system) {
            (true, _) => Scope::User,
            (_, true) => Scope::System,
            _ if uid == 0 => Scope::System,
            _ => Scope::User,
        };
        let variable = |name| std::env::var(name).unwrap_or_default();
        let root = global.root.as_deref().map(root_path);
        let places = Environment {
            // Names folders of the machine that runs, so not those below another root.
            quadlet_unit_dirs: if root.is_some() {
                String::new()
            } else {
                variable("QUADLET_UNIT_DIRS")
            },
            runtime_dir: variable("XDG_RUNTIME_DIR"),
            config_home: variable("XDG_CONFIG_HOME"),
            home: variable("HOME"),
            uid,
            root: root.clone().unwrap_or_default(),
        };
        Self {
            scope,
            scope_is_given: global.user || global.system,
            is_offline: root.is_some(),
            variables: Variables {
                places,
                podman: variable("PODMAN"),
                ..Variables::default()
            },
            is_verbose: global.verbose,
            data: String::new(),
            talk: String::new(),
        }
    }

    /// Finds the definitions that the generator reads.
    pub(crate) fn discover(&self) -> Result<Found, Failure> {
        let root = &self.variables.places.root;
        if !root.is_empty() && !std::path::Path::new(root).is_dir() {
            return Err(Failure::Usage {
                what: format!("there is no folder {root}"),
                hint: "`--root` takes the folder that is the root of a system".to_owned(),
            });
        }
        let mut diagnostics = Diagnostics::default();
        let roots = find_roots(self.scope, &self.variables.places, &mut diagnostics);
        Ok(Found::in_roots(roots, diagnostics))
    }

    /// Returns what the generator would be asked for, but without stand-ins. Units of Quadlet folders
    /// are made even where they are left to Podman's generator.
    pub(crate) fn request(&self, set: &Set<'_>, roots: &Roots) -> Request {
        let mut request = request(self.scope, set, roots.replaced, None, &self.variables);
        request.makes_quadlet_units = true;
        request
    }

    /// Turns to what the managers of all users have in common: no user's own folders.
    pub(crate) fn turn_to_all_users(&mut self) {
        self.scope = Scope::User;
        self.variables.places = Environment {
            uid: u32::MAX, // nobody's
            root: std::mem::take(&mut self.variables.places.root),
            ..Environment::default()
        };
    }

    /// Returns whether units of a folder of this kind are made by Podman's own generator.
    pub(crate) fn is_left_to_podman(&self, folder: Folder, roots: &Roots) -> bool {
        folder == Folder::Quadlet
            && !roots.replaced
            && podman_generator_is_active(self.scope, &self.variables.places.root)
    }

    /// Adds a line of data.
    pub(crate) fn line(&mut self, line: impl fmt::Display) {
        self.text(&line.to_string());
        self.text("\n");
    }

    /// Adds data.
    pub(crate) fn text(&mut self, text: &str) {
        self.data.push_str(text);
    }

    /// Adds a line of talk.
    pub(crate) fn say(&mut self, line: impl fmt::Display) {
        self.talk.push_str(&line.to_string());
        self.talk.push('\n');
    }

    /// Returns whether diagnostics of a level are told.
    pub(crate) fn tells(&self, level: Level) -> bool {
        level > Level::Note || self.is_verbose
    }

    /// Returns the data so far.
    pub(crate) fn data(&self) -> &str {
        &self.data
    }

    /// Returns the talk so far.
    pub(crate) fn talk(&self) -> &str {
        &self.talk
    }
}

/// Returns a root as what stands before absolute paths: without a slash at its end.
fn root_path(path: &str) -> String {
    let absolute = std::path::absolute(path).ok();
    let absolute = absolute.as_deref().and_then(|p| p.to_str()).unwrap_or(path);
    absolute.trim_end_matches('/').to_owned()
}

/// Definitions that were found, and what is wrong so far.
#[derive(Debug)]
pub(crate) struct Found {
    /// Where was looked.
    pub(crate) roots: Roots,
    /// What was there.
    pub(crate) discovery: Discovery,
    /// The problems.
    pub(crate) diagnostics: Diagnostics,
}

impl Found {
    /// Finds the definitions that these roots lead to.
    pub(crate) fn in_roots(roots: Roots, mut diagnostics: Diagnostics) -> Self {
        let discovery = discover(&roots, &mut diagnostics);
        Self {
            roots,
            discovery,
            diagnostics,
        }
    }

    /// Returns the texts.
    pub(crate) const fn sources(&self) -> &Sources {
        &self.discovery.sources
    }

    /// Returns where was looked, for people.
    pub(crate) fn places(&self) -> String {
        let paths: Vec<&str> = self.roots.paths().collect();
        paths.join(", ")
    }
}
