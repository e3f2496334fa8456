//! `wharf show`: the unit that a definition gives, or its Podman command line.

use std::collections::BTreeMap;

use super::Verdict;
use super::context::Context;
use super::failure::Failure;
use super::given::{self, Asked};
use super::named;
use crate::base::diagnostic::Diagnostics;
use crate::base::source::Sources;
use crate::generate::{Request, generate};
use crate::lower::{Argv, LineValue, Outcome, Progress, State, lower};
use crate::resolve::{DefinitionId, Set, resolve};

/// Show the unit that a definition gives
///
/// It is the text that the generator writes. A definition with an error gives none: its problems are
/// told, and the status is 1.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A file (`web.container`), a service (`web.service`), or just `web`
    #[arg(required_unless_present = "files")]
    name: Option<String>,
    /// Show the Podman command lines that start it, one a line, as a shell takes them; systemd's
    /// specifiers, such as `%N`, and variables stay as they are
    #[arg(long)]
    command: bool,
    /// Show each argument of these command lines behind the line that made it; `-` for what is always
    /// there
    #[arg(long, conflicts_with = "command")]
    origin: bool,
    /// Look in this file or folder, which no generator needs to read; without NAME, all of it is shown
    #[arg(short, long = "file", value_name = "PATH")]
    files: Vec<String>,
}

pub(super) fn run(args: &Args, context: &mut Context) -> Result<Verdict, Failure> {
    let mut shown = Shown::default();
    for mut asked in given::find(&args.files, context)? {
        show(&mut asked, args, &mut shown, context)?;
    }
    context.text(&shown.texts.join("\n"));
    if shown.has_broken {
        return Ok(Verdict::Findings);
    }
    if shown.texts.is_empty() {
        return Err(no_definition(args, &shown.names));
    }
    Ok(Verdict::Good)
}

/// What has been shown so far.
#[derive(Default)]
struct Shown {
    texts: Vec<String>,
    has_broken: bool,
    /// The names that were there to be asked for.
    names: Vec<String>,
}

fn no_definition(args: &Args, names: &[String]) -> Failure {
    match &args.name {
        Some(name) => {
            let names = names.iter().map(String::as_str);
            let list = match args.files.as_slice() {
                [] => "wharf list".to_owned(),
                files => format!("wharf show -f {}", files.join(" -f ")),
            };
            named::not_found(name, names, &list)
        }
        None => Failure::Refused {
            what: format!("no definitions in {}", args.files.join(", ")),
            hint: "definitions end with `.container`, `.pod`, `.volume` and the like".to_owned(),
        },
    }
}

/// Shows what is asked for of one set.
fn show(
    asked: &mut Asked,
    args: &Args,
    shown: &mut Shown,
    context: &mut Context,
) -> Result<(), Failure> {
    let wanted: Vec<DefinitionId> = (0..asked.found.discovery.definitions.len())
        .filter(|&i| asked.wants(i))
        .collect();
    let found = &mut asked.found;
    let mut set = resolve(&found.discovery, &mut found.diagnostics);
    let numbers = match &args.name {
        None => wanted,
        Some(name) => {
            let all = || {
                wanted
                    .iter()
                    .filter_map(|&i| Some((i, set.definitions.get(i)?)))
            };
            shown
                .names
                .extend(all().flat_map(|(_, d)| [d.name.to_owned(), d.base.to_owned()]));
            named::find(&all().collect::<Vec<_>>(), name)?
                .into_iter()
                .collect()
        }
    };
    let request = context.request(&set, &found.roots);
    let mut units: BTreeMap<DefinitionId, String> = BTreeMap::new();
    let states = generate(
        &mut set,
        &request,
        &mut found.diagnostics,
        &mut |unit, _| {
            if numbers.contains(&unit.definition) {
                units.insert(unit.definition, unit.text.to_owned());
            }
        },
    );
    for &number in &numbers {
        let (Some(definition), Some(State::Good), Some(unit)) = (
            set.definitions.get(number),
            states.get(number),
            units.remove(&number),
        ) else {
            shown.has_broken = true;
            continue;
        };
        if asked.is_live && context.is_left_to_podman(definition.folder, &found.roots) {
            let note = "note: Podman's own generator is active and makes the unit of";
            context.say(format_args!(
                "{note} {}; Wharf's would be this one",
                definition.name
            ));
        }
        shown.texts.push(if args.command || args.origin {
            let commands = commands(&set, number, &states, &request);
            if args.command {
                shell_lines(&commands)
            } else {
                origin_lines(&commands, set.sources)
            }
        } else {
            unit
        });
    }
    tell_problems(asked, &numbers, &states, context);
    Ok(())
}

/// Tells the problems of these definitions, warnings too, and what broke them.
fn tell_problems(asked: &Asked, numbers: &[DefinitionId], states: &[State], context: &mut Context) {
    let sources = asked.found.sources();
    let causes: Vec<_> = numbers
        .iter()
        .filter_map(|&number| match states.get(number) {
            Some(State::Broken(cause)) => Some(*cause),
            _ => None,
        })
        .collect();
    for located in asked.found.diagnostics.located(sources) {
        let is_own = numbers
            .iter()
            .any(|&number| asked.found.is_of(number, &located.diagnostic.place));
        if (is_own && context.tells(located.diagnostic.level)) || causes.contains(&located.id) {
            context.say(located.line());
        }
    }
}

/// Returns the command lines that start a service, in the order in which they run.
fn commands(set: &Set<'_>, number: DefinitionId, states: &[State], request: &Request) -> Vec<Argv> {
    // Lowered once more: the states say that all it refers to is done.
    let progress = Progress { states, stack: &[] };
    let lowered = lower(
        set,
        number,
        progress,
        &request.settings,
        &mut Diagnostics::default(),
    );
    let Some(Outcome::Good(lowered)) = lowered else {
        return Vec::new();
    };
    let of = |key: &'static str| lowered.service.iter().filter(move |line| line.key == key);
    let lines = of("ExecStartPre").chain(of("ExecStart"));
    let argv = lines.filter_map(|line| match &line.value {
        LineValue::Command(argv) | LineValue::TolerantCommand(argv) => Some(argv.clone()),
        LineValue::Text(_) | LineValue::Path(_) => None,
    });
    argv.collect()
}

fn shell_lines(commands: &[Argv]) -> String {
    let mut out = String::new();
    for argv in commands {
        let words: Vec<String> = argv
            .iter()
            .map(|(argument, _)| shell_word(argument))
            .collect();
        out.push_str(&words.join(" "));
        out.push('\n');
    }
    out
}

fn origin_lines(commands: &[Argv], sources: &Sources) -> String {
    let rows = commands.iter().map(|argv| {
        let row = argv.iter().map(|(argument, origin)| {
            let place = origin.map_or_else(
                || "-".to_owned(),
                |span| {
                    let position = sources.locator().position(span.start);
                    format!("{}:{}", sources.path(position.file), position.line)
                },
            );
            (place, shell_word(argument))
        });
        row.collect::<Vec<_>>()
    });
    let tables: Vec<Vec<(String, String)>> = rows.collect();
    let width = tables
        .iter()
        .flatten()
        .map(|(place, _)| place.chars().count())
        .max()
        .unwrap_or(0);
    let lines = tables.iter().map(|table| {
        let line = |(place, word): &(String, String)| format!("{place:width$}  {word}\n");
        table.iter().map(line).collect::<String>()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Returns an argument as a POSIX shell reads it back: quoted only when it must be.
fn shell_word(argument: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "%+,-./:=@_^".contains(c);
    if !argument.is_empty() && argument.chars().all(is_plain) {
        return argument.to_owned();
    }
    format!("'{}'", argument.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::shell_word;

    #[test]
    fn a_shell_reads_the_argument_back() {
        for (argument, word) in [
            ("--name=%N", "--name=%N"),
            ("", "''"),
            ("a b", "'a b'"),
            ("it's", r"'it'\''s'"),
            ("$HOME;~", "'$HOME;~'"),
        ] {
            assert_eq!(shell_word(argument), word);
        }
    }
}
