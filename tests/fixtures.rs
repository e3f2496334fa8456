//! Each folder `fixtures/generate/SUBJECT/CASE/` is a test of its own:
//!
//! - `root/` is a small file system with definitions in it;
//! - `expected/` is the folder of the generator afterwards: units as they are, links as files that say
//!   `-> TARGET`, and units that go to the manager's runtime folder under `runtime/`;
//! - `diagnostics.txt` has all that is said about it, notes too, and the exit status; it is missing where
//!   nothing is said;
//! - `case.toml`, where there is one, says what is not usual; [`Case::set`] knows its keys. With `unit_dirs`
//!   the generator itself is run with that `QUADLET_UNIT_DIRS`; else its stages are, with `root/` as the root.
//!
//! Where the path of `root/` itself comes up it is `$ROOT`. `WHARF_BLESS=1` rewrites `expected/` and `diagnostics.txt`;
//! read what it wrote.
#![allow(
    clippy::disallowed_methods,
    reason = "this whole program is a test, and it reads and writes files"
)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::{env, fs, io};

use libtest_mimic::{Arguments, Failed, Trial};
use similar::TextDiff;
use wharf::base::diagnostic::Diagnostics;
use wharf::discover::{
    Environment, Folder, Scope, discover, find_packaged, find_roots, podman_generator_is_active,
};
use wharf::generate::{Request, Unit, generate};
use wharf::lower::Settings;
use wharf::resolve::resolve;

/// The generator's path in units that stand in for broken definitions.
const GENERATOR: &str = "/usr/libexec/wharf/wharf-generator";
/// The user of the user manager.
const UID: u32 = 1000;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/generate");
    let trials = match cases(&top) {
        Ok(cases) => cases,
        Err(error) => {
            let why = format!("{}: {error}", top.display());
            vec![Trial::test("fixtures", || Err(why.into()))]
        }
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Returns a test for each case.
fn cases(top: &Path) -> io::Result<Vec<Trial>> {
    let mut trials = Vec::new();
    for subject in folders(top)? {
        for case in folders(&top.join(&subject))? {
            let folder = top.join(&subject).join(&case);
            let name = format!("{subject}::{case}");
            trials.push(Trial::test(name, move || check(&folder)));
        }
    }
    Ok(trials)
}

/// Returns the names of the folders in a folder, sorted.
fn folders(path: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(path)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// Runs one case and compares, or blesses.
fn check(folder: &Path) -> Result<(), Failed> {
    let case = Case::read(folder)?;
    let got = case.run()?;
    got.check_form()?;
    if env::var_os("WHARF_BLESS").is_some_and(|v| v == "1") {
        return Ok(got.bless(folder)?);
    }
    let expected = Texts::read(folder)?;
    let report = expected.differences(&got);
    if report.is_empty() {
        Ok(())
    } else {
        Err(format!("{report}\n(`WHARF_BLESS=1` takes the new texts)").into())
    }
}

/// What is not usual about a case.
struct Case {
    root: String,
    scope: Scope,
    podman: String,
    home: String,
    config_home: String,
    unit_dirs: Option<String>,
}

impl Case {
    fn read(folder: &Path) -> Result<Self, Failed> {
        let root = folder.join("root");
        let root = root.canonicalize().map_err(named(&root))?;
        let mut case = Self {
            root: root.to_string_lossy().into_owned(),
            scope: Scope::System,
            podman: "/usr/bin/podman".into(),
            home: "/home/joe".into(),
            config_home: String::new(),
            unit_dirs: None,
        };
        let path = folder.join("case.toml");
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(named(&path)(error).into()),
        };
        for line in text
            .lines()
            .filter(|l| !l.is_empty() && !l.starts_with('#'))
        {
            case.set(line)
                .ok_or_else(|| format!("{}: cannot read `{line}`", path.display()))?;
        }
        Ok(case)
    }

    /// Reads a line of `case.toml`: `KEY = "VALUE"`.
    fn set(&mut self, line: &str) -> Option<()> {
        let (key, value) = line.split_once(" = ")?;
        let value = value.strip_prefix('"')?.strip_suffix('"')?.to_owned();
        match (key, value.as_str()) {
            ("scope", "system") => self.scope = Scope::System,
            ("scope", "user") => self.scope = Scope::User,
            ("podman", _) => self.podman = value,
            ("home", _) => self.home = value,
            ("config_home", _) => self.config_home = value,
            ("unit_dirs", _) => self.unit_dirs = Some(value),
            _ => return None,
        }
        Some(())
    }

    fn run(&self) -> Result<Texts, Failed> {
        match &self.unit_dirs {
            Some(dirs) => self.run_program(dirs),
            None => Ok(self.run_library()),
        }
    }

    /// Runs the pipeline with `root/` as the root of the file system.
    fn run_library(&self) -> Texts {
        let environment = Environment {
            quadlet_unit_dirs: String::new(),
            runtime_dir: format!("/run/user/{UID}"),
            config_home: self.config_home.clone(),
            home: self.home.clone(),
            uid: UID,
            root: self.root.clone(),
        };
        let mut diagnostics = Diagnostics::default();
        let roots = find_roots(self.scope, &environment, &mut diagnostics);
        let discovery = discover(&roots, &mut diagnostics);
        let mut set = resolve(&discovery, &mut diagnostics);
        let wanted = set.definitions.iter().map(|d| d.service.as_str());
        let wanted = wanted.filter(|s| !s.is_empty());
        let request = Request {
            settings: Settings {
                scope: self.scope,
                podman: self.podman.clone(),
                exists: |path| path == "/dev/fuse",
            },
            stand_ins: Some(GENERATOR.into()),
            packaged: find_packaged(self.scope, &self.root, wanted),
            makes_quadlet_units: !podman_generator_is_active(self.scope, &self.root),
        };
        let mut got = Texts::default();
        generate(
            &mut set,
            &request,
            &mut diagnostics,
            &mut |unit: &Unit<'_>, _| {
                let text = unit.text.replace(&self.root, "$ROOT");
                if unit.folder == Folder::Native {
                    got.files.insert(format!("runtime/{}", unit.name), text);
                    return;
                }
                got.files.insert(unit.name.to_owned(), text);
                for link in unit.links {
                    let target = format!("-> {}\n", link.target);
                    got.files.insert(link.path.clone(), target);
                }
            },
        );
        for located in diagnostics.located(set.sources) {
            got.say(&located.line().replace(&self.root, "$ROOT"));
        }
        got.exit(i32::from(diagnostics.has_errors()));
        got
    }

    /// Runs the generator itself with `QUADLET_UNIT_DIRS`, whose absolute paths lie under `root/`.
    fn run_program(&self, dirs: &str) -> Result<Texts, Failed> {
        let below = |dir: &str| match dir.strip_prefix('/') {
            Some(rest) => format!("{}/{rest}", self.root),
            None => dir.to_owned(),
        };
        let dirs: Vec<String> = dirs.split(':').map(below).collect();
        let out = tempfile::tempdir()?;
        let written_to = out.path().to_string_lossy().into_owned();
        let mut command = Command::new(env!("CARGO_BIN_EXE_wharf-generator"));
        command
            .env_clear()
            .env("QUADLET_UNIT_DIRS", dirs.join(":"))
            .env("PODMAN", &self.podman)
            .args(["--no-kmsg-log", "-v"]);
        if self.scope == Scope::User {
            command.arg("--user");
        }
        let output = command.arg(out.path()).output()?;
        let mut got = Texts::default();
        read_tree(out.path(), out.path(), &mut got.files)?;
        for text in got.files.values_mut() {
            *text = text.replace(&self.root, "$ROOT");
        }
        for line in String::from_utf8_lossy(&output.stderr).lines() {
            let said = line.split_once("]: ").map_or(line, |(_, said)| said);
            let said = said.replace(&self.root, "$ROOT");
            got.say(&said.replace(&written_to, "$OUT"));
        }
        got.exit(output.status.code().unwrap_or(-1));
        Ok(got)
    }
}

/// What came of a case, or should.
#[derive(Default)]
struct Texts {
    files: BTreeMap<String, String>,
    diagnostics: String,
}

impl Texts {
    fn read(folder: &Path) -> io::Result<Self> {
        let mut texts = Self::default();
        let expected = folder.join("expected");
        if expected.is_dir() {
            read_tree(&expected, &expected, &mut texts.files)?;
        }
        let path = folder.join("diagnostics.txt");
        if path.exists() {
            texts.diagnostics = fs::read_to_string(path)?;
        }
        Ok(texts)
    }

    fn say(&mut self, line: &str) {
        self.diagnostics.push_str(line);
        self.diagnostics.push('\n');
    }

    fn exit(&mut self, status: i32) {
        if status != 0 || !self.diagnostics.is_empty() {
            self.say(&format!("exit status {status}"));
        }
    }

    /// Checks what holds for all units whatever the case: systemd reads them line by line.
    fn check_form(&self) -> Result<(), String> {
        for (path, text) in &self.files {
            if text.starts_with("-> ") {
                continue;
            }
            if !text.starts_with("# Generated by Wharf from ") {
                return Err(format!("{path} does not begin with the marker"));
            }
            for line in text.lines() {
                let is_header = line.starts_with('[') && line.ends_with(']');
                let is_good =
                    line.is_empty() || line.starts_with('#') || is_header || line.contains('=');
                let goes_on = line.ends_with('\\');
                if !is_good || goes_on || line.contains(|c: char| c.is_ascii_control() && c != '\t')
                {
                    return Err(format!("{path} has a line that is none: {line:?}"));
                }
            }
        }
        Ok(())
    }

    /// Writes these texts as the expected ones.
    fn bless(&self, folder: &Path) -> io::Result<()> {
        let expected = folder.join("expected");
        if expected.exists() {
            fs::remove_dir_all(&expected)?;
        }
        for (path, text) in &self.files {
            let path = expected.join(path);
            fs::create_dir_all(path.parent().unwrap_or(&expected))?;
            fs::write(path, text)?;
        }
        let path = folder.join("diagnostics.txt");
        if !self.diagnostics.is_empty() {
            return fs::write(path, &self.diagnostics);
        }
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Tells what differs, file by file.
    fn differences(&self, got: &Self) -> String {
        let mut report = String::new();
        let mut names: Vec<&String> = self.files.keys().chain(got.files.keys()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let path = format!("expected/{name}");
            push_difference(
                &mut report,
                &path,
                self.files.get(name).map_or("", |t| t),
                got.files.get(name).map_or("", |t| t),
            );
        }
        push_difference(
            &mut report,
            "diagnostics.txt",
            &self.diagnostics,
            &got.diagnostics,
        );
        report
    }
}

fn push_difference(report: &mut String, path: &str, expected: &str, got: &str) {
    if expected == got {
        return;
    }
    let diff = TextDiff::from_lines(expected, got);
    let mut diff = diff.unified_diff();
    let (old, new) = (format!("{path}, expected"), format!("{path}, got"));
    write!(report, "{}", diff.header(&old, &new)).unwrap_or_default();
}

/// Adds the files below a folder by their paths in it.
fn read_tree(top: &Path, at: &Path, files: &mut BTreeMap<String, String>) -> io::Result<()> {
    for entry in fs::read_dir(at)? {
        let (path, kind) = {
            let entry = entry?;
            (entry.path(), entry.file_type()?)
        };
        if kind.is_dir() {
            read_tree(top, &path, files)?;
            continue;
        }
        let name: PathBuf = path.strip_prefix(top).unwrap_or(&path).into();
        let text = if kind.is_symlink() {
            format!("-> {}\n", fs::read_link(&path)?.display())
        } else {
            fs::read_to_string(&path)?
        };
        files.insert(name.to_string_lossy().into_owned(), text);
    }
    Ok(())
}

/// Returns a way to put a path before an error.
fn named(path: &Path) -> impl FnOnce(io::Error) -> String + use<> {
    let path = path.display().to_string();
    move |error| format!("{path}: {error}")
}
