//! `wharf check`: what is wrong, a line each.

use std::fs::{self, File};
use std::io::Read as _;

use super::Verdict;
use super::context::Context;
use super::failure::Failure;
use super::given::{self, Asked};
use crate::base::codes;
use crate::base::diagnostic::Level;
use crate::discover::{Folder, Scope};
use crate::emit::MARKER;
use crate::generate::generate;
use crate::resolve::{DefinitionId, resolve};

/// Tell every problem of the definitions, a line each
///
/// A line is `PATH:LINE:COLUMN: error[CODE]: PROBLEM; HELP`. The status is 0 without errors, though
/// there may be warnings, and 1 with errors.
///
/// Without PATH, all definitions that the generator reads are checked. A PATH among these is checked as
/// one of them. Any other folder is checked by itself, with all below it; any other file with the
/// folder it is in. Only problems of what is named, and of its drop-ins, are told. A folder that is, or
/// is below, a `containers/systemd` has Quadlet's rules, any other Wharf's own.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A definition, or a folder with some
    #[arg(value_name = "PATH")]
    paths: Vec<String>,
}

/// How much was found.
#[derive(Default)]
struct Count {
    errors: usize,
    warnings: usize,
    definitions: usize,
}

pub(super) fn run(args: &Args, context: &mut Context) -> Result<Verdict, Failure> {
    let mut count = Count::default();
    for mut asked in given::find(&args.paths, context)? {
        make_units(&mut asked, context);
        tell(&asked, &mut count, context);
    }
    context.say(&count);
    Ok(if count.errors == 0 {
        Verdict::Good
    } else {
        Verdict::Findings
    })
}

/// Makes all units, which finds all problems, and forgets them.
fn make_units(asked: &mut Asked, context: &Context) {
    let found = &mut asked.found;
    let mut set = resolve(&found.discovery, &mut found.diagnostics);
    let request = context.request(&set, &found.roots);
    let mut native: Vec<(DefinitionId, String)> = Vec::new();
    generate(
        &mut set,
        &request,
        &mut found.diagnostics,
        &mut |unit, _| {
            if unit.folder == Folder::Native {
                native.push((unit.definition, unit.name.to_owned()));
            }
        },
    );
    let runtime = if asked.is_live {
        runtime_folder(context)
    } else {
        None
    };
    let Some(runtime) = runtime else { return };
    for (id, unit) in native {
        let unit = [runtime.as_str(), &unit].join("/");
        if is_foreign(&unit)
            && let Some(definition) = set.definitions.get(id)
        {
            let message = format!("{unit} exists, and Wharf did not write it");
            let problem = found
                .diagnostics
                .add(codes::FOREIGN_UNIT, definition.file, message);
            problem.help("remove it, or set `ServiceName=` to another name");
        }
    }
}

/// Returns the folder of the manager's runtime units.
fn runtime_folder(context: &Context) -> Option<String> {
    let places = &context.variables.places;
    match context.scope {
        Scope::System => Some(format!("{}/run/systemd/system", places.root)),
        Scope::User if places.runtime_dir.is_empty() => None,
        Scope::User => Some(format!(
            "{}{}/systemd/user",
            places.root, places.runtime_dir
        )),
    }
}

/// Returns whether a unit is there that the generator did not write, and so never replaces.
fn is_foreign(path: &str) -> bool {
    let Ok(found) = fs::symlink_metadata(path) else {
        return false;
    };
    if !found.is_file() {
        return true;
    }
    let Ok(file) = File::open(path) else {
        return false;
    };
    let mut start = Vec::new();
    let is_read = file
        .take(MARKER.len() as u64)
        .read_to_end(&mut start)
        .is_ok();
    is_read && start != MARKER.as_bytes()
}

fn tell(asked: &Asked, count: &mut Count, context: &mut Context) {
    let files = asked.files();
    for located in asked.found.diagnostics.located(asked.found.sources()) {
        let diagnostic = located.diagnostic;
        if !asked.wants_place(&diagnostic.place, &files) {
            continue;
        }
        match diagnostic.level {
            Level::Error | Level::Tolerated => count.errors += 1,
            Level::Warning => count.warnings += 1,
            Level::Note => {}
        }
        if context.tells(diagnostic.level) {
            context.line(located.line());
        }
    }
    let number = asked.found.discovery.definitions.len();
    let wanted = (0..number).filter(|&i| asked.wants(i)).count();
    if number == 0 {
        context.say(format_args!("no definitions in {}", asked.found.places()));
    }
    count.definitions += wanted;
}

impl std::fmt::Display for Count {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let number = |count: usize, word: &str| match count {
            1 => format!("1 {word}"),
            _ => format!("{count} {word}s"),
        };
        let mut found = Vec::new();
        if self.errors > 0 {
            found.push(number(self.errors, "error"));
        }
        if self.warnings > 0 {
            found.push(number(self.warnings, "warning"));
        }
        let found = if found.is_empty() {
            "no problems".to_owned()
        } else {
            found.join(", ")
        };
        write!(f, "{found} in {}", number(self.definitions, "definition"))
    }
}
