//! Runs Wharf on throwaway machines with real systemd, real Podman and an image registry.
//!
//! Each test boots a machine of its own (the script `machine` beside this file makes it), does there what
//! a person would do, and loses it at the end. It refuses to run without root, and to skip anything.
//!
//! A test's name is `SUITE::SUBJECT::FACT`, with `::joe` (user manager) or `::root` (system manager) where
//! it is told for both: `cargo test --test machine forky::enable` or `… ::joe` picks some.
#![allow(
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "this whole program is a test"
)]

mod broken;
mod definitions;
mod enable;
mod kinds;
mod lifecycle;
mod machine;
mod programs;
mod quadlet_folders;
mod rules;
mod runner;
mod session;

use std::process::ExitCode;

fn main() -> ExitCode {
    let subjects = [
        ("lifecycle", lifecycle::SCENARIOS),
        ("enable", enable::SCENARIOS),
        ("rules", rules::SCENARIOS),
        ("quadlet_folders", quadlet_folders::SCENARIOS),
        ("broken", broken::SCENARIOS),
        ("kinds", kinds::SCENARIOS),
    ];
    runner::run(&subjects)
}
