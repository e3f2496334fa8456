//! The command: its verbs, what they share, and its exit status.
//!
//! A verb is a file with its arguments and a function `run`. It puts data and talk into the
//! `Context`; only here are they written. Verbs read definitions through `discover` and make units
//! through `generate`, as the generator does.

mod check;
mod completions;
mod context;
mod enable;
mod failure;
mod given;
mod install;
mod list;
mod man;
mod named;
mod show;
mod unit_links;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

use context::{Context, Global};
use failure::Failure;

/// Containers as systemd services
///
/// Wharf's generator turns definitions (`web.container`, `data.volume`, …) into services at boot and at every
/// `systemctl daemon-reload`. This command tells what is defined, what comes of it, and what is wrong with it.
#[derive(Debug, Parser)]
#[command(
    name = "wharf",
    version,
    max_term_width = 100,
    disable_help_subcommand = true
)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Check(check::Args),
    List(list::Args),
    Show(show::Args),
    Enable(enable::Args),
    Disable(enable::DisableArgs),
    Completions(completions::Args),
    #[command(hide = true)]
    Man(man::Args),
}

/// How a verb that did its work ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// Nothing to complain about.
    Good,
    /// It has told of problems.
    Findings,
}

/// Returns the tree of verbs and options.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the command as its arguments and the environment say. The status is 0 if all is well, 1 for
/// findings and failures, 2 for a call that cannot be understood.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come this way too. A closed pipe is nobody's failure.
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            return error
                .print()
                .map_or(ExitCode::from(code), |()| ExitCode::from(code));
        }
    };
    let mut context = Context::new(&cli.global);
    let verdict = run(&cli.verb, &mut context);
    let code = match verdict {
        Ok(Verdict::Good) => 0,
        Ok(Verdict::Findings) => 1,
        Err(failure) => {
            context.say(format_args!("error: {failure}"));
            if let Some(hint) = failure.hint() {
                context.say(format_args!("hint: {hint}"));
            }
            failure.exit_status()
        }
    };
    let written = write_all(&mut io::stdout().lock(), context.data());
    // Where standard error is closed there is nobody left to tell.
    write_all(&mut io::stderr().lock(), context.talk()).unwrap_or_default();
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let talk = format!("error: cannot write to standard output: {error}\n");
            write_all(&mut io::stderr().lock(), &talk).unwrap_or_default();
            ExitCode::FAILURE
        }
        _ => ExitCode::from(code),
    }
}

fn run(verb: &Verb, context: &mut Context) -> Result<Verdict, Failure> {
    match verb {
        Verb::Check(args) => check::run(args, context),
        Verb::List(args) => list::run(args, context),
        Verb::Show(args) => show::run(args, context),
        Verb::Enable(args) => enable::run(args, context),
        Verb::Disable(args) => enable::run_disable(args, context),
        Verb::Completions(args) => Ok(completions::run(args, context)),
        Verb::Man(args) => man::run(args, context),
    }
}

fn write_all(to: &mut impl Write, text: &str) -> io::Result<()> {
    to.write_all(text.as_bytes())?;
    to.flush()
}
