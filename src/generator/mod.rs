//! The program that systemd starts: environment and arguments in, units and exit status out.

mod arguments;
mod broken;
mod log;

pub use arguments::{Arguments, USAGE};

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::base::diagnostic::{Diagnostics, Level};
use crate::discover::{
    Environment, Folder, Scope, discover, find_packaged, find_roots, podman_generator_is_active,
};
use crate::emit::StandIn;
use crate::generate::{Request, Unit, generate};
use crate::lower::Settings;
use crate::resolve::{Set, resolve};
use crate::write::Writer;
use log::{Log, write_all};

/// Podman, unless the environment names another.
pub const PODMAN: &str = "/usr/bin/podman";

/// The environment that a run depends on.
#[derive(Clone, Debug, Default)]
pub struct Variables {
    /// What tells the folders.
    pub places: Environment,
    /// `PODMAN`, empty if not set.
    pub podman: String,
    /// `SYSTEMD_SCOPE`, empty if not set.
    pub systemd_scope: String,
    /// `SYSTEMD_IN_INITRD`, empty if not set.
    pub in_initrd: String,
    /// `NOTIFY_SOCKET`, empty if not set.
    pub notify_socket: String,
}

/// Runs the generator and returns its exit status.
pub fn run(
    program: &str,
    arguments: impl IntoIterator<Item = String>,
    variables: &Variables,
) -> u8 {
    let arguments = match Arguments::parse(arguments) {
        Ok(arguments) => arguments,
        Err(wrong) => {
            write_all(rustix::stdio::stderr(), &format!("{wrong}\n{USAGE}"));
            return 2;
        }
    };
    if arguments.help {
        write_all(rustix::stdio::stderr(), USAGE);
        return 0;
    }
    if arguments.version {
        write_all(
            rustix::stdio::stdout(),
            concat!(env!("CARGO_PKG_VERSION"), "\n"),
        );
        return 0;
    }
    if let Some(message) = &arguments.broken {
        broken::tell(message, &variables.notify_socket);
        return 1;
    }
    if variables.in_initrd == "1" {
        return 0;
    }
    let is_verbose = arguments.verbose || arguments.dry_run;
    let mut log = Log::open(!arguments.no_kmsg && !arguments.dry_run, is_verbose);
    let normal = arguments.folders.first().map(PathBuf::from);
    if normal.is_none() && !arguments.dry_run {
        log.line(
            Level::Error,
            "the folder to write to is missing; systemd passes it, or use --dryrun",
        );
        return 1;
    }
    let scope = arguments.scope(&variables.systemd_scope, program);
    units(
        program,
        scope,
        normal.filter(|_| !arguments.dry_run),
        variables,
        &mut log,
    )
}

/// Makes the units: into the folder, or to standard output where there is none.
fn units(
    program: &str,
    scope: Scope,
    normal: Option<PathBuf>,
    variables: &Variables,
    log: &mut Log,
) -> u8 {
    let mut diagnostics = Diagnostics::default();
    let places = &variables.places;
    let roots = find_roots(scope, places, &mut diagnostics);
    let discovery = discover(&roots, &mut diagnostics);
    let has_definitions = !discovery.definitions.is_empty();
    let mut set = resolve(&discovery, &mut diagnostics);
    let generator = Some(generator_path(program));
    let request = request(scope, &set, roots.replaced, generator, variables);
    if !has_definitions {
        let searched: Vec<&str> = roots.paths().collect();
        log.line(
            Level::Note,
            &format!("no definitions in {}", searched.join(", ")),
        );
    }
    match normal {
        None => {
            let mut out = String::new();
            generate(&mut set, &request, &mut diagnostics, &mut |unit, _| {
                for part in ["---", unit.name, "---\n", unit.text, "\n"] {
                    out.push_str(part);
                }
            });
            write_all(rustix::stdio::stdout(), &out);
        }
        Some(normal) => {
            let runtime = runtime_folder(scope, places, &normal).filter(|_| !roots.replaced);
            if has_definitions || runtime.is_some() {
                let run = Run {
                    normal: &normal,
                    runtime: runtime.as_deref(),
                    request: &request,
                };
                if let Err(error) = run.write(&mut set, &discovery.unreadable, &mut diagnostics) {
                    log.diagnostics(&diagnostics, &discovery.sources);
                    log.line(Level::Error, &error.to_string());
                    return 1;
                }
            }
        }
    }
    log.diagnostics(&diagnostics, &discovery.sources);
    let status = u8::from(diagnostics.has_errors());
    // The program ends here: to give back thousands of small pieces of memory is work for nothing.
    std::mem::forget((set, request, diagnostics));
    std::mem::forget(discovery);
    status
}

/// Tells what is to be made of these definitions. `is_replaced` says whether `QUADLET_UNIT_DIRS`
/// named the folders; `generator` is the program that stand-ins run, none for no stand-ins.
pub fn request(
    scope: Scope,
    set: &Set<'_>,
    is_replaced: bool,
    generator: Option<String>,
    variables: &Variables,
) -> Request {
    let podman = if variables.podman.is_empty() {
        PODMAN
    } else {
        &variables.podman
    };
    let root = &variables.places.root;
    let wanted = set
        .definitions
        .iter()
        .map(|d| d.service.as_str())
        .filter(|s| !s.is_empty());
    let has_quadlet = set.definitions.iter().any(|d| d.folder == Folder::Quadlet);
    Request {
        settings: Settings {
            scope,
            podman: podman.to_owned(),
            exists: |path| rustix::fs::access(path, rustix::fs::Access::EXISTS).is_ok(),
        },
        stand_ins: generator.filter(|_| !is_replaced),
        packaged: if is_replaced {
            BTreeMap::new()
        } else {
            find_packaged(scope, root, wanted)
        },
        makes_quadlet_units: is_replaced
            || (has_quadlet && !podman_generator_is_active(scope, root)),
    }
}

/// Returns the folder of runtime units beside the manager's own generator folder, and nothing where
/// the folder given is another one: under `systemd-analyze verify`, or when a person tries things.
fn runtime_folder(scope: Scope, places: &Environment, normal: &Path) -> Option<PathBuf> {
    let systemd = match scope {
        Scope::System => PathBuf::from("/run/systemd"),
        Scope::User if places.runtime_dir.starts_with('/') => {
            Path::new(&places.runtime_dir).join("systemd")
        }
        Scope::User => return None,
    };
    (normal == systemd.join("generator")).then(|| systemd.join(scope.word()))
}

/// Returns the path by which a stand-in can start the generator.
fn generator_path(program: &str) -> String {
    if program.starts_with('/') {
        return program.to_owned();
    }
    let path = std::env::current_exe()
        .ok()
        .and_then(|p| p.to_str().map(str::to_owned));
    path.unwrap_or_else(|| program.to_owned())
}

struct Run<'r> {
    normal: &'r Path,
    runtime: Option<&'r Path>,
    request: &'r Request,
}

impl Run<'_> {
    fn write(
        &self,
        set: &mut Set<'_>,
        unreadable: &[String],
        diagnostics: &mut Diagnostics,
    ) -> Result<(), crate::write::Error> {
        let mut writer = Writer::open(self.normal, self.runtime, diagnostics)?;
        generate(
            set,
            self.request,
            diagnostics,
            &mut |unit: &Unit<'_>, diagnostics| {
                writer.write(unit, diagnostics);
            },
        );
        let podman = &self.request.settings.podman;
        if let Some(generator) = &self.request.stand_ins {
            let stand_in = StandIn {
                generator,
                podman,
                message: "",
            };
            writer.remove_stale(set, unreadable, stand_in);
        }
        Ok(())
    }
}
