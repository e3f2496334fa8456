//! The generator: started by systemd at boot and at every `daemon-reload`.

use std::process::ExitCode;

use wharf::discover::Environment;
use wharf::generator::{Variables, run};

fn main() -> ExitCode {
    let text = |argument: std::ffi::OsString| argument.to_string_lossy().into_owned();
    let variable = |name| std::env::var_os(name).map_or_else(String::new, text);
    let mut arguments = std::env::args_os().map(text);
    let program = arguments.next().unwrap_or_default();
    let variables = Variables {
        places: Environment {
            quadlet_unit_dirs: variable("QUADLET_UNIT_DIRS"),
            runtime_dir: variable("XDG_RUNTIME_DIR"),
            config_home: variable("XDG_CONFIG_HOME"),
            home: variable("HOME"),
            uid: rustix::process::getuid().as_raw(),
            root: String::new(),
        },
        podman: variable("PODMAN"),
        systemd_scope: variable("SYSTEMD_SCOPE"),
        in_initrd: variable("SYSTEMD_IN_INITRD"),
        notify_socket: variable("NOTIFY_SOCKET"),
    };
    ExitCode::from(run(&program, arguments, &variables))
}
