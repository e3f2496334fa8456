//! `wharf enable` and `wharf disable`: systemctl's own links, where systemctl sees no generated unit.
//!
//! The links lead to where the unit will be when its manager runs: `/run/systemd/system`, and
//! `/run/systemd/user` for all users. A user's unit is in the folder of that user's own, so the latter
//! leads to nothing; but `systemctl --global enable` writes the same for a runtime unit, and systemd
//! takes such a link by its name and by the last part of its target, as long as that is in a folder
//! that it looks for units in.

use std::collections::{BTreeMap, BTreeSet};

use super::Verdict;
use super::context::{Context, Found};
use super::failure::Failure;
use super::install::{Install, instance_of};
use super::named;
use super::unit_links::{InPlace, UnitFolder};
use crate::base::names::{self, SERVICE};
use crate::discover::{Folder, Scope};
use crate::generate::generate;
use crate::resolve::{Definition, DefinitionId, resolve};

/// Enable services in a system that does not run, or for all users
///
/// Makes the links that `systemctl enable` would: what `[Install]` of the definition asks for, and
/// `WantedBy=default.target` for a container, pod or kube definition without it. `systemctl --root` and
/// `systemctl --global` cannot, since generated units are there only while a manager runs. On a running
/// system `systemctl enable` does it.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    asked: Asked,
}

/// Disable services in a system that does not run, or for all users
///
/// Removes the links that `wharf enable` makes, those of earlier versions of the definition too.
#[derive(Debug, clap::Args)]
pub(super) struct DisableArgs {
    #[command(flatten)]
    asked: Asked,
}

#[derive(Debug, clap::Args)]
struct Asked {
    /// For the managers of all users: definitions in `/etc/containers/users` and
    /// `/usr/share/containers/users`
    #[arg(long)]
    global: bool,
    /// Files, services or bare names; of a template an instance, such as `web@blue`
    #[arg(value_name = "NAME", required = true)]
    names: Vec<String>,
}

/// A service to enable or disable.
struct Service {
    /// The name of the unit, maybe of an instance.
    unit: String,
    /// Where the links lead.
    target: String,
    /// What its `[Install]` says; none where its definition is broken or gone.
    install: Option<Install>,
    origin: Origin,
}

/// Where the definition of a service is.
enum Origin {
    Native,
    Quadlet {
        path: String,
    },
    /// Nowhere: it may be gone, or the name is wrong.
    Unknown {
        failure: Failure,
    },
}

pub(super) fn run(args: &Args, context: &mut Context) -> Result<Verdict, Failure> {
    let place = Place::find("enable", &args.asked, context)?;
    let services = services(&args.asked.names, &place, context)?;
    let mut planned = Vec::new();
    for service in services {
        let (unit, target) = (service.unit.clone(), service.target.clone());
        let install = service.check_enabling(&place)?;
        if install.is_empty() {
            context.say(format_args!(
                "{unit} has no [Install]: what needs it starts it, there is nothing to enable"
            ));
        }
        let hint = "`wharf show` shows the unit".to_owned();
        let links = install
            .links(&unit)
            .map_err(|what| Failure::Refused { what, hint })?;
        planned.extend(links.into_iter().map(|link| (link, target.clone())));
    }
    for (link, target) in planned {
        if let Some(path) = place.folder.link(&link, &target)? {
            context.say(format_args!("Created symlink {path} → {target}."));
        }
    }
    Ok(Verdict::Good)
}

pub(super) fn run_disable(args: &DisableArgs, context: &mut Context) -> Result<Verdict, Failure> {
    let place = Place::find("disable", &args.asked, context)?;
    for service in services(&args.asked.names, &place, context)? {
        let mut links = place.folder.links_to(&service.target)?;
        let instance = instance_of(&service.unit);
        links.retain(|link| instance.is_empty() || instance_of(&link.name) == instance);
        if links.is_empty() {
            service.check_disabling()?;
        }
        for link in links {
            let path = place.folder.unlink(&link)?;
            context.say(format_args!("Removed {path}."));
        }
    }
    Ok(Verdict::Good)
}

/// The system whose services are enabled.
struct Place {
    folder: UnitFolder,
    scope: Scope,
    /// How `systemctl` is called for it, as far as it works.
    systemctl: String,
}

impl Place {
    /// Finds out which system is meant, and turns the context to it.
    fn find(verb: &str, asked: &Asked, context: &mut Context) -> Result<Self, Failure> {
        if asked.global {
            context.turn_to_all_users();
        } else if context.is_offline && !(context.scope_is_given && context.scope == Scope::User) {
            context.scope = Scope::System;
        } else {
            let user = if context.scope == Scope::User {
                "--user "
            } else {
                ""
            };
            return Err(Failure::Usage {
                what: format!(
                    "`systemctl {user}{verb} {}` does this",
                    asked.names.join(" ")
                ),
                hint: format!(
                    "`wharf {verb}` is for a system that does not run (`--root DIR`) and for all users (`--global`)"
                ),
            });
        }
        let root = &context.variables.places.root;
        let mut systemctl = "systemctl".to_owned();
        if !root.is_empty() {
            systemctl.push_str(&[" --root=", root].concat());
        }
        if asked.global {
            systemctl.push_str(" --global");
        }
        Ok(Self {
            folder: UnitFolder::open(root, context.scope)?,
            scope: context.scope,
            systemctl,
        })
    }

    /// Returns where a unit is while its manager runs.
    fn target(&self, unit: &str) -> String {
        format!("/run/systemd/{}/{unit}", self.scope.word())
    }
}

/// Returns the services that these names stand for, and those that they name in `Also=`.
fn services(
    names: &[String],
    place: &Place,
    context: &mut Context,
) -> Result<Vec<Service>, Failure> {
    let mut found = context.discover()?;
    let mut set = resolve(&found.discovery, &mut found.diagnostics);
    let request = context.request(&set, &found.roots);
    let mut installs: BTreeMap<DefinitionId, Install> = BTreeMap::new();
    generate(
        &mut set,
        &request,
        &mut found.diagnostics,
        &mut |unit, _| {
            installs.insert(unit.definition, Install::read(unit.text));
        },
    );
    let definitions: Vec<(DefinitionId, &Definition<'_>)> =
        set.definitions.iter().enumerate().collect();

    let root = context.variables.places.root.as_str();
    let list = match place.scope {
        Scope::System => format!("wharf list --system --root {root}/"),
        Scope::User => format!("wharf list --user --root {root}/"),
    };
    let mut services: Vec<Service> = Vec::new();
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<(String, Option<String>)> = names
        .iter()
        .rev()
        .map(|name| (name.clone(), None))
        .collect();
    while let Some((name, named_by)) = waiting.pop() {
        let definition = named::find(&definitions, &name)?.and_then(|id| definitions.get(id));
        if let (None, Some(named_by)) = (definition, &named_by) {
            let systemctl = &place.systemctl;
            context.say(format_args!(
                "{named_by} has `Also={name}`, which Wharf does not make; `{systemctl}` may know it"
            ));
            continue;
        }
        let unit = unit_name(&name, definition.map(|(_, d)| *d));
        if !seen.insert(unit.clone()) {
            continue;
        }
        let service = if let Some((id, definition)) = definition {
            let install = installs.get(id).cloned();
            if install.is_none() {
                tell_problems(&found, *id, context);
            }
            let origin = match definition.folder {
                Folder::Native => Origin::Native,
                Folder::Quadlet => Origin::Quadlet {
                    path: set.sources.path(definition.file),
                },
            };
            let target = place.target(&definition.service);
            Service {
                unit,
                target,
                install,
                origin,
            }
        } else {
            let failure = named::not_found(&name, definitions.iter().map(|(_, d)| d.base), &list);
            let file = names::template_of(&unit).unwrap_or_else(|| unit.clone());
            let origin = Origin::Unknown { failure };
            Service {
                target: place.target(&file),
                unit,
                install: None,
                origin,
            }
        };
        let also = service
            .install
            .iter()
            .flat_map(|install| install.also.iter().rev());
        waiting.extend(also.map(|also| (also.clone(), Some(service.unit.clone()))));
        services.push(service);
    }
    Ok(services)
}

/// Returns the name of the unit that a name stands for; an instance keeps its name.
fn unit_name(name: &str, definition: Option<&Definition<'_>>) -> String {
    let service = if name.ends_with(SERVICE) {
        name.to_owned()
    } else {
        [name, SERVICE].concat()
    };
    match definition {
        Some(definition) if names::template_of(&service).as_ref() != Some(&definition.service) => {
            definition.service.clone()
        }
        _ => service,
    }
}

fn tell_problems(found: &Found, definition: DefinitionId, context: &mut Context) {
    for located in found.diagnostics.located(found.sources()) {
        if found.is_of(definition, &located.diagnostic.place)
            && context.tells(located.diagnostic.level)
        {
            context.say(located.line());
        }
    }
}

impl Service {
    /// Returns what `[Install]` says, or why the service cannot be enabled here.
    fn check_enabling(self, place: &Place) -> Result<Install, Failure> {
        let unit = &self.unit;
        match self.origin {
            Origin::Native => {}
            Origin::Quadlet { path } => return Err(acts_by_itself(unit, &path)),
            Origin::Unknown { failure } => return Err(failure),
        }
        let Some(install) = self.install else {
            let hint = "mend it; `wharf check` tells all problems".to_owned();
            return Err(Failure::Refused {
                what: format!("the definition of {unit} is broken"),
                hint,
            });
        };
        let systemctl = &place.systemctl;
        let (what, hint) = match place.folder.in_place_of(unit) {
            InPlace::Nothing => return Ok(install),
            InPlace::Mask => (
                format!("{unit} is masked"),
                format!("`{systemctl} unmask {unit}` first"),
            ),
            InPlace::Unit => {
                let what =
                    format!("a unit file {unit} of the administrator's replaces the generated one");
                (what, format!("`{systemctl} enable {unit}` works on that"))
            }
        };
        Err(Failure::Refused { what, hint })
    }

    /// Returns why there are no links to remove, unless it is just not enabled.
    fn check_disabling(self) -> Result<(), Failure> {
        match self.origin {
            Origin::Native => Ok(()),
            Origin::Quadlet { path } => Err(acts_by_itself(&self.unit, &path)),
            Origin::Unknown { failure } => Err(failure),
        }
    }
}

fn acts_by_itself(unit: &str, path: &str) -> Failure {
    Failure::Refused {
        what: format!("{unit} is defined in a folder of Quadlet's: {path}"),
        hint: "[Install] acts by itself there; move the file to a folder of Wharf's to enable its service".to_owned(),
    }
}
