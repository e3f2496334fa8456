//! A booted machine, and all that was typed on it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::programs;
use crate::session::{Ran, Session, User};

/// The script that makes machines and enters them.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/machine/machine");

/// What a machine runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Suite {
    /// Debian 13: systemd 257, Podman 5.4.
    Trixie,
    /// Debian testing: systemd 262, Podman 5.8.
    Forky,
}

impl Suite {
    pub(crate) const ALL: [Self; 2] = [Self::Trixie, Self::Forky];

    const fn name(self) -> &'static str {
        match self {
            Self::Trixie => "trixie",
            Self::Forky => "forky",
        }
    }
}

impl fmt::Display for Suite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What all machines of a run stand on: the cached roots and the installed programs.
pub(crate) struct Ground {
    machines: PathBuf,
    layer: TempDir,
    count: AtomicUsize,
}

impl Ground {
    /// Makes the roots that are missing, installs Wharf, and removes the machines of runs that were killed.
    pub(crate) fn prepare(suites: &[Suite]) -> Result<Self, String> {
        let own = fs::metadata("/proc/self").map_err(|error| format!("no /proc: {error}"))?;
        if std::os::unix::fs::MetadataExt::uid(&own) != 0 {
            return Err("a machine needs root; `make check` runs all other tests".into());
        }
        let release = programs::find()?;
        let mut machines = None;
        for suite in suites {
            let root = script(["base", suite.name()])?;
            machines = Path::new(root.trim_end())
                .parent()
                .map(|cache| cache.join("machines"));
        }
        let machines = machines.ok_or("no suite is asked for")?;
        let failed = |error| format!("cannot use {}: {error}", machines.display());
        fs::create_dir_all(&machines).map_err(failed)?;
        remove_leftovers(&machines)?;
        let layer = tempfile::Builder::new()
            .prefix(&format!("{}-programs-", process::id()))
            .tempdir_in(&machines)
            .map_err(failed)?;
        programs::install(&release, layer.path())?;
        Ok(Self {
            machines,
            layer,
            count: AtomicUsize::new(0),
        })
    }
}

/// Destroys what belongs to a process that is gone; names in the folder begin with its number.
fn remove_leftovers(machines: &Path) -> Result<(), String> {
    let entries = fs::read_dir(machines)
        .map_err(|error| format!("cannot list {}: {error}", machines.display()))?;
    for entry in entries.flatten() {
        let name = entry.file_name();
        let owner = name
            .to_str()
            .and_then(|name| name.split_once('-'))
            .map(|(owner, _)| owner);
        if owner.is_some_and(|owner| !Path::new("/proc").join(owner).exists()) {
            script([OsStr::new("destroy"), entry.path().as_os_str()])?;
        }
    }
    Ok(())
}

/// Runs the script, whose talk on standard error goes where ours goes.
fn script<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Result<String, String> {
    let run = Command::new(SCRIPT)
        .args(arguments)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cannot run {SCRIPT}: {error}"))?;
    if run.status.success() {
        Ok(String::from_utf8_lossy(&run.stdout).into_owned())
    } else {
        Err(format!("{SCRIPT} failed: {}", run.status))
    }
}

/// A machine that is up. It is gone when this value goes.
pub(crate) struct Machine {
    folder: PathBuf,
    suite: Suite,
    booted: Cell<Instant>,
    transcript: RefCell<String>,
    concerned: RefCell<BTreeSet<String>>,
}

impl Machine {
    /// Boots a new machine with Wharf installed.
    pub(crate) fn boot(ground: &Ground, suite: Suite) -> Result<Self, String> {
        let number = ground.count.fetch_add(1, Ordering::Relaxed);
        let machine = Self {
            folder: ground.machines.join(format!("{}-{number}", process::id())),
            suite,
            booted: Cell::new(Instant::now()),
            transcript: RefCell::default(),
            concerned: RefCell::default(),
        };
        let folder = machine.folder.as_os_str();
        let layer = ground.layer.path().as_os_str();
        script([OsStr::new("new"), OsStr::new(suite.name()), folder, layer])?;
        script([OsStr::new("up"), folder]).map_err(|error| {
            let console = fs::read(machine.folder.join("console")).unwrap_or_default();
            format!("{error}\n{}", String::from_utf8_lossy(&console))
        })?;
        Ok(machine)
    }

    /// Returns the machine as this user meets it.
    pub(crate) fn session(&self, user: User) -> Session<'_> {
        Session::new(self, user)
    }

    /// Types a command as root, which must succeed; returns what it printed.
    pub(crate) fn root(&self, command: &str) -> String {
        self.session(User::Root).sh(command)
    }

    /// Types a command, whatever comes of it.
    pub(crate) fn type_command(&self, user: User, command: &str, input: &str) -> Ran {
        let start = self.uptime();
        let ran = self.run(user, command, input);
        self.note(start, &format!("{user}$ {command}\n{input}{ran}"));
        ran
    }

    fn run(&self, user: User, command: &str, input: &str) -> Ran {
        let mut child = Command::new(SCRIPT)
            .args([user.verb().as_ref(), self.folder.as_os_str()])
            .args(["sh", "-c", command])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the script that has booted the machine runs");
        let mut stdin = child.stdin.take().expect("it is piped");
        // a command that ends before it has read all is judged by its status
        drop(stdin.write_all(input.as_bytes()));
        drop(stdin);
        let output = child.wait_with_output().expect("a child can be waited for");
        Ran::new(&output)
    }

    /// Writes a file, as joe where joe may.
    pub(crate) fn write(&self, path: &str, text: &str) {
        let user = if path.starts_with("/home/joe/") || path.starts_with("/run/user/1000/") {
            User::Joe
        } else {
            User::Root
        };
        if let Some(service) = service_of(path) {
            self.concerned.borrow_mut().insert(service);
        }
        self.note(self.uptime(), &format!("{user} writes {path}\n{text}"));
        let ran = self.run(
            user,
            &format!("mkdir -p \"$(dirname '{path}')\" && cat >'{path}'"),
            text,
        );
        assert!(ran.succeeded(), "cannot write {path}\n{ran}");
    }

    /// Cuts the power and boots again.
    pub(crate) fn power_loss(&self) {
        self.note(self.uptime(), "(power loss)");
        script([OsStr::new("cut"), self.folder.as_os_str()]).expect("power can be cut");
        script([OsStr::new("up"), self.folder.as_os_str()]).expect("the machine boots again");
        self.booted.set(Instant::now());
    }

    /// Ends all services and starts anew on the same kernel, with `/run` kept. Waits for the system
    /// manager alone: systemd 257 does not bring back lingering users in a container, and the folders
    /// that are bound over Podman's storage are gone, so that no container starts.
    pub(crate) fn soft_reboot(&self) {
        let root = self.session(User::Root);
        // systemd 262 sometimes misses that a user manager has ended and waits out its two minutes.
        root.sh("mkdir -p /run/systemd/system/user@.service.d && \
                 printf '[Service]\\nTimeoutStopSec=3s\\n' >/run/systemd/system/user@.service.d/stop.conf && \
                 systemctl daemon-reload");
        let boots = self.boots_on_the_console();
        root.attempt("systemctl soft-reboot");
        // Nobody may enter meanwhile: systemd stops all processes for a moment, and an nsenter that is
        // stopped stays so.
        let limit = Duration::from_secs(60);
        self.wait_within(limit, "the machine to be up after the soft-reboot", || {
            self.boots_on_the_console() > boots
        });
        self.wait_until("all services to be started", || {
            let state = root.attempt("systemctl show -p SoftRebootsCount -p SystemState");
            let has = |line| state.out().lines().any(|found| found == line);
            has("SoftRebootsCount=1") && (has("SystemState=running") || has("SystemState=degraded"))
        });
    }

    /// Returns how often the console has told that the machine is up.
    fn boots_on_the_console(&self) -> usize {
        let console = fs::read(self.folder.join("console")).expect("a machine has a console");
        let console = String::from_utf8_lossy(&console);
        let is_up = |l: &&str| l.contains("Reached target") && l.contains("graphical.target");
        console.lines().filter(is_up).count()
    }

    /// Asks every 50 ms until it is so, for 15 s at most; only the last try stays in the transcript.
    pub(crate) fn wait_until(&self, what: &str, is_so: impl FnMut() -> bool) {
        self.wait_within(Duration::from_secs(15), what, is_so);
    }

    fn wait_within(&self, limit: Duration, what: &str, mut is_so: impl FnMut() -> bool) {
        let (start, mark) = (Instant::now(), self.transcript.borrow().len());
        while !is_so() {
            assert!(
                start.elapsed() < limit,
                "waited {limit:?} in vain for {what}"
            );
            thread::sleep(Duration::from_millis(50));
            self.transcript.borrow_mut().truncate(mark);
        }
    }

    /// Returns what a person needs to see why a test failed: all that was typed, and what the units say.
    pub(crate) fn evidence(&self) -> String {
        let typed = self.transcript.take();
        let journal = self
            .session(User::Root)
            .attempt("journalctl --no-pager -o with-unit --no-hostname");
        let concerned = self.concerned.borrow();
        let tells = |line: &&str| {
            line.contains("wharf") || concerned.iter().any(|service| line.contains(service))
        };
        let journal: Vec<_> = journal.out().lines().filter(tells).collect();
        format!(
            "---- typed on {}\n{typed}\n---- journal\n{}",
            self.suite,
            journal.join("\n")
        )
    }

    /// The seconds since the machine was last booted.
    fn uptime(&self) -> f64 {
        self.booted.get().elapsed().as_secs_f64()
    }

    fn note(&self, uptime: f64, text: &str) {
        let line = format!("[{uptime:5.1}] {}\n", text.trim_end());
        self.transcript.borrow_mut().push_str(&line);
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // what cannot be removed now is removed by the next run
        drop(script([OsStr::new("destroy"), self.folder.as_os_str()]));
    }
}

/// Returns the service that a definition of this path gives by its name; of a template's, what the names
/// of all its instances begin with.
fn service_of(path: &str) -> Option<String> {
    let (stem, kind) = path.rsplit('/').next()?.rsplit_once('.')?;
    let suffix = match kind {
        "container" | "kube" => String::new(),
        "pod" | "volume" | "network" | "image" | "build" | "artifact" => format!("-{kind}"),
        _ => return None,
    };
    Some(match stem.strip_suffix('@') {
        Some(template) => format!("{template}{suffix}@"),
        None => format!("{stem}{suffix}.service"),
    })
}
