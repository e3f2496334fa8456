//! A folder to play in, and the generator run on it.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use rustix::process::{WaitId, WaitIdOptions, waitid};
use tempfile::TempDir;

/// The user that root becomes where permissions are to count.
const NOBODY: u32 = 65534;
/// How long a run may take before it counts as hung. Far more than any takes.
const PATIENCE: Duration = Duration::from_secs(240);

/// Definitions with nothing wrong, which have to come out the same whatever stands beside them.
const GOOD: [(&str, &str); 6] = [
    (
        "in/app.container",
        "[Container]\nImage=docker.io/library/app:1\nVolume=data.volume:/data\nNetwork=net.network\n\
         [Install]\nWantedBy=default.target\n",
    ),
    ("in/data.volume", "[Volume]\nLabel=a=b\n"),
    ("in/net.network", "[Network]\nInternal=yes\n"),
    ("in/group.pod", "[Pod]\n"),
    (
        "in/sub/job.container",
        "[Unit]\nAfter=app.container\n[Container]\nImage=docker.io/library/job:1\nPod=group.pod\n",
    ),
    (
        "in/sub/job.container.d/10.conf",
        "[Container]\nEnvironment=A=1\n",
    ),
];

/// A folder with definitions in `in` and units in `out`.
pub(crate) struct Place {
    dir: TempDir,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit status; nothing if a signal ended it.
    pub(crate) exit: Option<i32>,
    /// What it said.
    pub(crate) said: String,
    /// Processor time.
    pub(crate) time: Duration,
    /// Most memory at once, kB.
    pub(crate) memory: u64,
}

/// What a bad thing may do: the exit status, what is said about it, and which units it has itself.
pub(crate) struct Effect<'a> {
    pub(crate) exit: i32,
    pub(crate) says: &'a [&'a str],
    pub(crate) units: &'a [&'a str],
}

impl Place {
    pub(crate) fn new() -> Self {
        Self::of(tempfile::tempdir().unwrap())
    }

    fn of(dir: TempDir) -> Self {
        let place = Self { dir };
        mode(&place.at(""), 0o755);
        fs::create_dir(place.at("in")).unwrap();
        mode(&place.at("in"), 0o755);
        place
    }

    /// A place in memory where there is room for one: generators write to such a folder, and with thousands
    /// of files on a disk the disk would be what is measured.
    pub(crate) fn in_memory() -> Self {
        const ENOUGH: u64 = 1 << 29;
        let room = rustix::fs::statvfs("/dev/shm").map_or(0, |s| s.f_bavail * s.f_frsize);
        match tempfile::tempdir_in("/dev/shm") {
            Ok(dir) if room > ENOUGH => Self::of(dir),
            _ => Self::new(),
        }
    }

    /// A place with good definitions in it.
    pub(crate) fn with_good_ones() -> Self {
        let place = Self::new();
        for (name, text) in GOOD {
            place.write(name, text);
        }
        place
    }

    pub(crate) fn at(&self, name: impl AsRef<Path>) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file, its folders made.
    pub(crate) fn write(&self, name: impl AsRef<Path>, text: impl AsRef<[u8]>) {
        let path = self.at(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub(crate) fn link(&self, target: impl AsRef<Path>, name: &str) {
        let path = self.at(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(target, path).unwrap();
    }

    pub(crate) fn folder(&self, name: &str) {
        fs::create_dir_all(self.at(name)).unwrap();
    }

    pub(crate) fn mode(&self, name: &str, bits: u32) {
        mode(&self.at(name), bits);
    }

    /// Makes units of `in` into `out`.
    pub(crate) fn generate(&self) -> Ended {
        run(&self.words(), &self.variables(), &self.at("said"))
    }

    /// The same as somebody whom permissions stop.
    pub(crate) fn generate_as_nobody(&self) -> Ended {
        if !rustix::process::geteuid().is_root() {
            return self.generate();
        }
        // Nobody may not come by where the program was built.
        let copy = self.at("generator");
        if !copy.exists() {
            fs::copy(env!("CARGO_BIN_EXE_wharf-generator"), &copy).unwrap();
            mode(&copy, 0o755);
        }
        if !self.at("out").exists() {
            fs::create_dir(self.at("out")).unwrap();
            mode(&self.at("out"), 0o777);
        }
        let id = |what| OsString::from(format!("--{what}={NOBODY}"));
        let mut words = vec![
            "setpriv".into(),
            id("reuid"),
            id("regid"),
            "--clear-groups".into(),
        ];
        words.push(copy.into());
        words.extend(self.words().into_iter().skip(1));
        run(&words, &self.variables(), &self.at("said"))
    }

    /// The program with its arguments.
    pub(crate) fn words(&self) -> Vec<OsString> {
        vec![
            env!("CARGO_BIN_EXE_wharf-generator").into(),
            "--no-kmsg-log".into(),
            self.at("out").into(),
        ]
    }

    pub(crate) fn variables(&self) -> Vec<(&'static str, OsString)> {
        vec![("QUADLET_UNIT_DIRS", self.at("in").into())]
    }

    /// Returns what is in `out`.
    pub(crate) fn units(&self) -> BTreeMap<String, String> {
        tree(&self.at("out"))
    }

    pub(crate) fn clear(&self) {
        match fs::remove_dir_all(self.at("out")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => panic!("{error}"),
            _ => {}
        }
    }
}

/// Runs a program with nothing but these variables, and kills it when it hangs.
pub(crate) fn run(words: &[OsString], variables: &[(&str, OsString)], said: &Path) -> Ended {
    let mut command = Command::new(&words[0]);
    command
        .args(&words[1..])
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(fs::File::create(said).unwrap());
    let mut child = command
        .spawn()
        .unwrap_or_else(|error| panic!("{} cannot be run: {error}", words[0].display()));
    let pid = rustix::process::Pid::from_child(&child);
    let begin = Instant::now();
    let mut memory = 0;
    // What a process needed is gone with it, so it is asked for while it runs.
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    while waitid(WaitId::Pid(pid), options).unwrap().is_none() {
        memory = most_memory(child.id()).max(memory);
        if begin.elapsed() > PATIENCE {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("it hangs: {words:?}");
        }
        thread::sleep(Duration::from_millis(1));
    }
    let time = processor_time(child.id());
    let exit = child.wait().unwrap().code();
    let said = String::from_utf8(fs::read(said).unwrap()).expect("messages are UTF-8");
    Ended {
        exit,
        said,
        time,
        memory,
    }
}

/// Returns the most memory that a process has had at once, kB.
fn most_memory(id: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status
        .lines()
        .find_map(|l| l.strip_prefix("VmHWM:"))
        .unwrap_or("0 kB");
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Returns the processor time of a process that has ended and not been waited for.
fn processor_time(id: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    let fields = stat.rsplit_once(") ").unwrap().1;
    let ticks = |n| {
        fields
            .split(' ')
            .nth(n)
            .and_then(|f| f.parse::<u64>().ok())
            .unwrap()
    };
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}

/// Returns what is in a folder and below: texts of files, and `-> TARGET` of links.
pub(crate) fn tree(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![folder.to_owned()];
    while let Some(at) = waiting.pop() {
        for entry in fs::read_dir(&at).into_iter().flatten() {
            let entry = entry.unwrap();
            let path = entry.path();
            let name = path
                .strip_prefix(folder)
                .unwrap()
                .to_string_lossy()
                .into_owned();
            let kind = entry.file_type().unwrap();
            if kind.is_symlink() {
                let target = fs::read_link(&path).unwrap();
                found.insert(name, format!("-> {}", target.display()));
            } else if kind.is_dir() {
                waiting.push(path);
            } else {
                let text = String::from_utf8(fs::read(&path).unwrap()).expect("units are UTF-8");
                found.insert(name, text);
            }
        }
    }
    found
}

/// Checks that something bad has its effect and no other.
pub(crate) fn only_itself(plant: impl FnOnce(&Place), effect: &Effect<'_>) {
    check_only_itself(Place::generate, plant, effect);
}

/// The same for a run that permissions stop.
pub(crate) fn only_itself_for_nobody(plant: impl FnOnce(&Place), effect: &Effect<'_>) {
    check_only_itself(Place::generate_as_nobody, plant, effect);
}

fn check_only_itself(
    generate: impl Fn(&Place) -> Ended,
    plant: impl FnOnce(&Place),
    effect: &Effect<'_>,
) {
    let place = Place::with_good_ones();
    let good = generate(&place);
    assert_eq!(good.exit, Some(0), "the good ones alone: {good:?}");
    let before = place.units();
    assert!(before.contains_key("app.service") && before.contains_key("job.service"));
    place.clear();
    plant(&place);
    let ended = generate(&place);
    place.check_beside(&before, &ended, effect);
}

impl Place {
    /// Checks units, exit status and messages against what was made without the bad thing.
    pub(crate) fn check_beside(
        &self,
        before: &BTreeMap<String, String>,
        ended: &Ended,
        effect: &Effect<'_>,
    ) {
        let after = self.units();
        for (name, text) in before {
            assert_eq!(after.get(name), Some(text), "{name}; {}", ended.said);
        }
        let own: Vec<&str> = after
            .keys()
            .filter(|n| !before.contains_key(*n))
            .map(String::as_str)
            .collect();
        assert_eq!(own, effect.units, "{}", ended.said);
        assert_eq!(ended.exit, Some(effect.exit), "{}", ended.said);
        for part in effect.says {
            assert!(
                ended.said.contains(part),
                "`{part}` is not in: {}",
                ended.said
            );
        }
        if effect.says.is_empty() {
            assert_eq!(ended.said, "");
        }
        for line in ended.said.lines() {
            assert!(line.starts_with("wharf-generator["), "{line}");
            assert!(!line.contains(char::is_control), "{line:?}");
        }
    }
}

pub(crate) fn mode(path: &Path, bits: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(bits)).unwrap();
}
