//! A user at a machine: what is typed, and the questions that tests ask most.

use std::fmt;
use std::process::Output;

use crate::machine::Machine;

/// Who types.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum User {
    /// An ordinary user with a lingering user manager.
    Joe,
    /// The system manager's user.
    Root,
}

impl User {
    /// The verb of the script that enters a machine as this user.
    pub(crate) const fn verb(self) -> &'static str {
        match self {
            Self::Joe => "joe",
            Self::Root => "run",
        }
    }
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Joe => "joe",
            Self::Root => "root",
        })
    }
}

/// What came of a command.
pub(crate) struct Ran {
    success: bool,
    out: String,
    err: String,
}

impl Ran {
    pub(crate) fn new(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end().to_owned();
        Self {
            success: output.status.success(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        }
    }

    pub(crate) fn succeeded(&self) -> bool {
        self.success
    }

    /// What it printed, without the last newline.
    pub(crate) fn out(&self) -> &str {
        &self.out
    }
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for text in [&self.out, &self.err] {
            if !text.is_empty() {
                writeln!(f, "{text}")?;
            }
        }
        if self.success {
            Ok(())
        } else {
            writeln!(f, "(failed)")
        }
    }
}

/// One user's view of a machine: folders and `systemctl` are those of the user's manager.
pub(crate) struct Session<'m> {
    machine: &'m Machine,
    user: User,
}

impl<'m> Session<'m> {
    pub(crate) fn new(machine: &'m Machine, user: User) -> Self {
        Self { machine, user }
    }

    pub(crate) fn machine(&self) -> &'m Machine {
        self.machine
    }

    pub(crate) fn user(&self) -> User {
        self.user
    }

    // ---- what is typed

    /// Types a command, whatever comes of it.
    pub(crate) fn attempt(&self, command: &str) -> Ran {
        self.machine.type_command(self.user, command, "")
    }

    /// Types a command, which must succeed; returns what it printed.
    pub(crate) fn sh(&self, command: &str) -> String {
        self.sh_with_input(command, "")
    }

    /// Types a command and what it reads, which must succeed; returns what it printed.
    pub(crate) fn sh_with_input(&self, command: &str, input: &str) -> String {
        let ran = self.machine.type_command(self.user, command, input);
        assert!(ran.success, "{}$ {command}\n{ran}", self.user);
        ran.out
    }

    /// Types a command, which must fail; returns what it said.
    pub(crate) fn sh_fails(&self, command: &str) -> String {
        let ran = self.attempt(command);
        assert!(
            !ran.success,
            "should have failed: {}$ {command}\n{ran}",
            self.user
        );
        ran.to_string()
    }

    /// `systemctl` of the user's manager, which must succeed.
    pub(crate) fn systemctl(&self, arguments: &str) -> String {
        self.sh(&self.systemctl_line(arguments))
    }

    /// `systemctl` of the user's manager, which must fail; returns what it said.
    pub(crate) fn systemctl_fails(&self, arguments: &str) -> String {
        self.sh_fails(&self.systemctl_line(arguments))
    }

    /// The first word that `systemctl` prints of such a question as `is-active web`.
    pub(crate) fn ask_systemctl(&self, question: &str) -> String {
        self.attempt(&self.systemctl_line(question)).out
    }

    fn systemctl_line(&self, arguments: &str) -> String {
        match self.user {
            User::Joe => format!("systemctl --user {arguments}"),
            User::Root => format!("systemctl {arguments}"),
        }
    }

    // ---- where things are

    /// The native folder of definitions.
    pub(crate) fn definitions(&self) -> &'static str {
        self.either("/home/joe/.config/containers", "/etc/containers")
    }

    /// The Quadlet folder.
    pub(crate) fn quadlet_folder(&self) -> &'static str {
        self.either(
            "/home/joe/.config/containers/systemd",
            "/etc/containers/systemd",
        )
    }

    /// Where unit files that `enable` accepts are generated.
    pub(crate) fn runtime_units(&self) -> &'static str {
        self.either("/run/user/1000/systemd/user", "/run/systemd/system")
    }

    /// The folder that systemd gives to generators.
    pub(crate) fn generator_folder(&self) -> &'static str {
        self.either("/run/user/1000/systemd/generator", "/run/systemd/generator")
    }

    /// Where `enable`, `mask` and `edit` leave what they write.
    pub(crate) fn own_units(&self) -> &'static str {
        self.either("/home/joe/.config/systemd/user", "/etc/systemd/system")
    }

    /// Where packages put units.
    pub(crate) fn packaged_units(&self) -> &'static str {
        self.either("/usr/lib/systemd/user", "/usr/lib/systemd/system")
    }

    /// Wharf's generator, as systemd calls it.
    pub(crate) fn generator(&self) -> &'static str {
        self.either(
            "/usr/lib/systemd/user-generators/wharf-user-generator",
            "/usr/lib/systemd/system-generators/wharf-system-generator",
        )
    }

    /// Where an administrator masks Podman's generator.
    pub(crate) fn podman_generator_mask(&self) -> &'static str {
        self.either(
            "/etc/systemd/user-generators/podman-user-generator",
            "/etc/systemd/system-generators/podman-system-generator",
        )
    }

    /// Picks joe's or root's.
    pub(crate) fn either(&self, joe: &'static str, root: &'static str) -> &'static str {
        match self.user {
            User::Joe => joe,
            User::Root => root,
        }
    }

    // ---- what is done and asked most

    /// Writes a definition into the native folder and reloads the manager.
    pub(crate) fn define(&self, name: &str, text: &str) {
        self.machine
            .write(&format!("{}/{name}", self.definitions()), text);
        self.systemctl("daemon-reload");
    }

    /// Writes a definition into the Quadlet folder and reloads the manager.
    pub(crate) fn define_quadlet(&self, name: &str, text: &str) {
        self.machine
            .write(&format!("{}/{name}", self.quadlet_folder()), text);
        self.systemctl("daemon-reload");
    }

    /// Turns Podman's own generator off and reloads the manager.
    pub(crate) fn mask_podman_generator(&self) {
        let mask = self.podman_generator_mask();
        self.machine.root(&format!(
            "mkdir -p $(dirname {mask}) && ln -s /dev/null {mask}"
        ));
        self.systemctl("daemon-reload");
    }

    pub(crate) fn is_active(&self, unit: &str) -> bool {
        self.ask_systemctl(&format!("is-active {unit}")) == "active"
    }

    /// A property of a unit, as systemd knows it.
    pub(crate) fn property(&self, unit: &str, property: &str) -> String {
        self.systemctl(&format!("show -P {property} {unit}"))
    }

    pub(crate) fn exists(&self, path: &str) -> bool {
        self.attempt(&format!("test -e {path} -o -L {path}"))
            .success
    }

    /// The identity of a container that runs.
    pub(crate) fn container(&self, name: &str) -> Option<String> {
        let id = self.sh(&format!("podman ps -q --no-trunc --filter name='^{name}$'"));
        (!id.is_empty()).then_some(id)
    }

    /// The names of all containers, also of those that do not run.
    pub(crate) fn containers(&self) -> Vec<String> {
        let names = self.sh("podman ps -a --format '{{.Names}}'");
        let mut names: Vec<_> = names.lines().map(ToOwned::to_owned).collect();
        names.sort();
        names
    }

    /// Waits until the manager says that the unit is active.
    pub(crate) fn wait_until_active(&self, unit: &str) {
        self.machine
            .wait_until(&format!("{unit} to be active"), || self.is_active(unit));
    }

    /// Waits until the unit's journal has this text; the journal lags behind a unit's end by a moment.
    pub(crate) fn wait_for_journal(&self, unit: &str, text: &str) {
        let journal = match self.user {
            User::Joe => format!(
                "journalctl -o cat --no-pager USER_UNIT={unit}.service _UID=1000 \
                 + _SYSTEMD_USER_UNIT={unit}.service _UID=1000"
            ),
            User::Root => format!("journalctl -o cat --no-pager -u {unit}"),
        };
        let root = self.machine.session(User::Root);
        self.machine
            .wait_until(&format!("`{text}` in the journal of {unit}"), || {
                root.attempt(&journal).out.contains(text)
            });
    }

    /// Waits until a reload of joe's manager has left this text in the journal. What a generator of the
    /// system manager says is lost in a container, which has no kernel log.
    pub(crate) fn wait_for_generator_message(&self, text: &str) {
        assert!(
            self.user == User::Joe,
            "only joe's manager keeps what generators say"
        );
        let root = self.machine.session(User::Root);
        self.machine.wait_until(
            &format!("`{text}` from the generator in the journal"),
            || {
                root.attempt("journalctl -o cat --no-pager _SYSTEMD_UNIT=user@1000.service")
                    .out
                    .contains(text)
            },
        );
    }
}
