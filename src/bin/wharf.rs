//! The command that people and timers call.

fn main() -> std::process::ExitCode {
    wharf::cli::main()
}
