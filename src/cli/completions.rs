//! `wharf completions`: a script that completes the command in a shell.

use super::context::Context;
use super::{Verdict, command};

/// Print the completion script of a shell
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Which shell
    shell: clap_complete::Shell,
}

pub(super) fn run(args: &Args, context: &mut Context) -> Verdict {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut command(), "wharf", &mut script);
    context.text(&String::from_utf8_lossy(&script));
    Verdict::Good
}
