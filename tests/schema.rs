//! What holds for every row of the table of keys and of the table of diagnostics, and that each has a
//! fixture in `fixtures/generate/` that shows it: a new row without one fails here.
#![allow(
    clippy::disallowed_methods,
    reason = "this whole program is a test, and it reads the fixtures"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use wharf::base::codes;
use wharf::schema::{Emit, Key, Kind, Podman, QUADLET_KEYS};

/// Codes of problems that a small tree of files cannot have: those of the machine, and texts beyond
/// what belongs into a repository.
const NOT_BY_FIXTURE: [&str; 7] = [
    "long-line",
    "unreadable",
    "cannot-write",
    "no-runtime-folder",
    "foreign-unit",
    "bad-file-name",
    "too-large",
];

/// The first Podman whose Quadlet had anything, and the latest that the table knows.
const FIRST: Podman = Podman(4, 4);
const LATEST: Podman = Podman(6, 0);

/// Calls `check` for each row of each kind.
fn each_row(mut check: impl FnMut(Kind, &Key)) {
    for kind in Kind::ALL {
        for key in kind.keys() {
            check(kind, key);
        }
    }
}

/// Returns since when there are definitions of a kind.
fn since(kind: Kind) -> Podman {
    match kind {
        Kind::Container | Kind::Volume | Kind::Network | Kind::Kube => FIRST,
        Kind::Image => Podman(4, 8),
        Kind::Pod => Podman(5, 0),
        Kind::Build => Podman(5, 2),
        Kind::Artifact => Podman(5, 7),
    }
}

#[test]
fn a_kind_has_each_key_once() {
    for kind in Kind::ALL {
        let names: BTreeSet<&str> = kind.keys().iter().map(|k| k.name).collect();
        assert_eq!(names.len(), kind.keys().len(), "{kind:?}");
    }
}

#[test]
fn a_key_is_written_as_systemd_writes_keys() {
    each_row(|kind, key| {
        let is_good = key.name.starts_with(|c: char| c.is_ascii_uppercase())
            && key.name.bytes().all(|b| b.is_ascii_alphanumeric());
        assert!(is_good, "{kind:?} {}", key.name);
    });
}

#[test]
fn the_help_of_a_key_is_one_sentence() {
    let check = |key: &Key| {
        let doc = key.doc;
        assert!(
            doc.starts_with(|c: char| c.is_uppercase()),
            "{}: {doc}",
            key.name
        );
        assert!(doc.ends_with('.'), "{}: {doc}", key.name);
        assert!(!doc.contains(". "), "{}: {doc}", key.name);
        assert!(!doc.contains(['\n', '\t']), "{}: {doc}", key.name);
        assert_eq!(doc.matches('`').count() % 2, 0, "{}: {doc}", key.name);
    };
    each_row(|_, key| check(key));
    QUADLET_KEYS.iter().for_each(check);
}

#[test]
fn no_key_is_older_than_its_kind() {
    each_row(|kind, key| {
        let is_sane = key.since >= since(kind) && key.since <= LATEST;
        assert!(is_sane, "{kind:?} {} since {}", key.name, key.since);
    });
    assert_eq!(Podman(5, 3).to_string(), "5.3");
    assert!(Podman(4, 9) < Podman(5, 0));
}

#[test]
fn a_deprecated_key_names_another_of_its_kind() {
    each_row(|kind, key| {
        if let Some(instead) = key.instead {
            let other = kind.row_of(instead);
            assert!(
                other.is_some_and(|k| k.instead.is_none()),
                "{kind:?} {} → {instead}",
                key.name
            );
        }
    });
}

#[test]
fn a_flag_is_one_of_podmans() {
    each_row(|kind, key| {
        if let Some(flag) = flag_of(key) {
            let name = flag.strip_prefix("--").unwrap_or("");
            let name = name.split('=').next().unwrap_or("");
            let is_good = !name.is_empty()
                && name
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            assert!(is_good, "{kind:?} {}: {flag}", key.name);
        }
    });
}

#[test]
fn kinds_are_found_by_their_names() {
    for kind in Kind::ALL {
        assert_eq!(Kind::from_suffix(kind.suffix()), Some(kind));
        let file = format!("a.b.{}", kind.suffix());
        assert_eq!(Kind::of_file(&file), Some((kind, 3)));
        assert_eq!(kind.x_section(), format!("X-{}", kind.section()));
        assert_eq!(kind.section().to_lowercase(), kind.suffix());
        for (number, key) in (0u16..).zip(kind.keys()) {
            assert_eq!(kind.key(key.name), Some(number), "{kind:?} {}", key.name);
            assert_eq!(kind.row_of(key.name).map(|k| k.name), Some(key.name));
        }
        assert_eq!(kind.key("Imgae"), None);
        assert_eq!(kind.key(""), None);
    }
    // A file that is just a suffix keeps its whole name.
    assert_eq!(Kind::of_file(".container"), Some((Kind::Container, 10)));
    for none in [
        "container",
        "a.Container",
        "a.container.bak",
        "a.service",
        "",
    ] {
        assert_eq!(Kind::of_file(none), None, "{none}");
    }
}

#[test]
fn every_key_has_a_fixture() {
    let cases = read_cases();
    let mut missing = Vec::new();
    each_row(|kind, key| {
        let uses = |case: &&Case| case.uses(kind, kind.section(), key.name);
        let users: Vec<&Case> = cases.iter().filter(uses).collect();
        if users.is_empty() {
            missing.push(format!("{}= of .{}", key.name, kind.suffix()));
        } else if let Some(flag) = flag_of(key)
            && !users.iter().any(|c| c.expected.contains(flag))
        {
            missing.push(format!("{flag} of {}= of .{}", key.name, kind.suffix()));
        }
    });
    for key in QUADLET_KEYS {
        let is_used = cases
            .iter()
            .any(|c| Kind::ALL.iter().any(|&k| c.uses(k, "Quadlet", key.name)));
        if !is_used {
            missing.push(format!("{}= of [Quadlet]", key.name));
        }
    }
    assert!(missing.is_empty(), "no fixture shows {missing:#?}");
}

#[test]
fn every_diagnostic_has_a_fixture() {
    let cases = read_cases();
    for code in codes::ALL {
        let tag = format!("[{code}]");
        let is_shown = cases.iter().any(|c| c.diagnostics.contains(&tag));
        let is_left_out = NOT_BY_FIXTURE.contains(&code.name);
        assert!(is_shown != is_left_out, "{tag} {}", code.name);
    }
}

/// Returns the option that a key stands for, where its row alone says so.
fn flag_of(key: &Key) -> Option<&'static str> {
    match key.emit {
        Emit::Flag(flag)
        | Emit::LowerFlag(flag)
        | Emit::PathFlag(flag)
        | Emit::Joined(flag)
        | Emit::Option(flag, _)
        | Emit::Switch(flag) => Some(flag),
        Emit::IfTrue(words) => words.first().copied(),
        Emit::Nothing | Emit::Bare | Emit::Special(_) => None,
    }
}

/// What a fixture holds.
struct Case {
    /// Kind, section and key of each assignment.
    keys: BTreeSet<(Kind, String, String)>,
    /// All units, one behind another, without those that stand in for a broken definition.
    expected: String,
    diagnostics: String,
}

impl Case {
    fn uses(&self, kind: Kind, section: &str, key: &str) -> bool {
        self.keys.contains(&(kind, section.into(), key.into()))
    }

    fn read(folder: &Path) -> Self {
        let mut case = Self {
            keys: BTreeSet::new(),
            expected: String::new(),
            diagnostics: fs::read_to_string(folder.join("diagnostics.txt")).unwrap_or_default(),
        };
        for path in files_below(&folder.join("root")) {
            if let Some(kind) = kind_of(&path) {
                case.add_keys(kind, &String::from_utf8_lossy(&read(&path)));
            }
        }
        for path in files_below(&folder.join("expected")) {
            let text = String::from_utf8_lossy(&read(&path)).into_owned();
            if !text.contains(" --broken ") {
                case.expected.push_str(&text);
            }
        }
        case
    }

    fn add_keys(&mut self, kind: Kind, text: &str) {
        let mut section = String::new();
        for line in text.lines().map(str::trim) {
            if let Some(name) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
                name.clone_into(&mut section);
            } else if let Some((key, _)) = line.split_once('=') {
                let key = key.trim_end().to_owned();
                self.keys.insert((kind, section.clone(), key));
            }
        }
    }
}

fn read_cases() -> Vec<Case> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/generate");
    let subjects = folders_in(&top).into_iter();
    let cases: Vec<PathBuf> = subjects.flat_map(|s| folders_in(&s)).collect();
    assert!(!cases.is_empty(), "no fixtures in {}", top.display());
    cases.iter().map(|c| Case::read(c)).collect()
}

/// Returns the kind of definition that a file is, or is a drop-in of.
fn kind_of(path: &Path) -> Option<Kind> {
    let name = path.file_name()?.to_str()?;
    if name.ends_with(".conf") {
        let folder = path.parent()?.file_name()?.to_str()?.strip_suffix(".d")?;
        return Kind::from_suffix(folder).or_else(|| Some(Kind::of_file(folder)?.0));
    }
    Some(Kind::of_file(name)?.0)
}

fn folders_in(path: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(path).map_or_else(|_| Vec::new(), Iterator::collect);
    let entries = entries.into_iter().filter_map(Result::ok);
    entries.map(|e| e.path()).filter(|p| p.is_dir()).collect()
}

/// Returns the regular files below a folder; links are left out.
fn files_below(path: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut waiting = vec![path.to_owned()];
    while let Some(folder) = waiting.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.filter_map(Result::ok) {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => waiting.push(entry.path()),
                Ok(kind) if kind.is_file() => files.push(entry.path()),
                _ => {}
            }
        }
    }
    files
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_default()
}
