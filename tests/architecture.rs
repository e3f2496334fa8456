//! The house keeps its order: which module may use which, how long a file may be, and what the
//! generator links.

#![allow(clippy::unwrap_used, reason = "a test may end here")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The modules; each may use itself and those before it.
const ORDER: [&str; 12] = [
    "base",
    "schema",
    "discover",
    "syntax",
    "resolve",
    "lower",
    "emit",
    "generate",
    "write",
    "generator",
    "document",
    "cli",
];

/// The most lines that a file may have.
const LONGEST: usize = 800;

/// What the generator's program is made of.
const GENERATOR_CRATES: [&str; 10] = [
    "wharf",
    "bitflags",
    "linux-raw-sys",
    "rustix",
    "thiserror",
    // procedural macros, which end up in no program:
    "proc-macro2",
    "quote",
    "syn",
    "thiserror-impl",
    "unicode-ident",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the path of each source file below `src/`, and its text.
fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files.push(path);
            }
        }
    }
    let mut files = Vec::new();
    walk(&root().join("src"), &mut files);
    files.sort();
    let relative = |path: &Path| path.strip_prefix(root()).unwrap().display().to_string();
    files
        .iter()
        .map(|path| (relative(path), fs::read_to_string(path).unwrap()))
        .collect()
}

/// Returns the module that a file belongs to; `lib.rs` and the programs belong to none.
fn module_of(path: &str) -> Option<&str> {
    let path = path.strip_prefix("src/")?;
    let first = path.split('/').next()?;
    let module = first.strip_suffix(".rs").unwrap_or(first);
    (!matches!(module, "lib" | "bin")).then_some(module)
}

/// Returns the modules that a text names behind `crate::`.
fn used_modules(text: &str) -> BTreeSet<String> {
    let name = |rest: &str| -> String {
        rest.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect()
    };
    text.split("crate::").skip(1).map(name).collect()
}

#[test]
fn a_module_uses_only_those_before_it() {
    let place = |module: &str| ORDER.iter().position(|m| *m == module);
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let Some(module) = module_of(&path) else {
            continue;
        };
        let Some(own) = place(module) else {
            wrong.push(format!("{path}: `{module}` has no place in the order"));
            continue;
        };
        for used in used_modules(&text) {
            match place(&used) {
                Some(at) if at <= own => {}
                Some(_) => wrong.push(format!("{path}: `{module}` must not use `{used}`")),
                // `crate::{a, b}` would hide what is used.
                None => wrong.push(format!(
                    "{path}: write `crate::MODULE`, not `crate::{used}`"
                )),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn effects_stay_at_the_edge() {
    const EDGE: [&str; 5] = [
        "src/discover/",
        "src/write/",
        "src/generator/",
        "src/cli/",
        "src/bin/",
    ];
    const EFFECTS: [&str; 7] = [
        "std::fs",
        "std::env",
        "std::net",
        "std::process",
        "std::time",
        "std::thread",
        "rustix::",
    ];
    for (path, text) in sources() {
        if EDGE.iter().any(|edge| path.starts_with(edge)) {
            continue;
        }
        let found = EFFECTS.iter().find(|effect| text.contains(**effect));
        assert_eq!(found, None, "{path} reaches out of the program");
    }
}

#[test]
fn a_file_can_be_read_at_one_sitting() {
    let long = sources()
        .into_iter()
        .filter(|(path, _)| !path.starts_with("src/schema/"))
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|&(_, lines)| lines > LONGEST);
    assert_eq!(long.collect::<Vec<_>>(), [], "more than {LONGEST} lines");
}

#[test]
fn a_program_is_a_call_of_the_library() {
    for (program, longest) in [("wharf", 20), ("wharf-generator", 60)] {
        let path = root().join(format!("src/bin/{program}.rs"));
        let lines = fs::read_to_string(path).unwrap().lines().count();
        assert!(lines <= longest, "{program}: {lines} lines");
    }
}

#[test]
fn the_generator_links_what_it_needs_and_no_more() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--locked", "--offline", "-e", "normal"])
        .args([
            "--no-default-features",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ])
        .current_dir(root())
        .output()
        .unwrap();
    let text = String::from_utf8(tree.stdout).unwrap();
    let error = String::from_utf8_lossy(&tree.stderr).into_owned();
    assert!(tree.status.success(), "{error}");
    let crates: BTreeSet<&str> = text
        .lines()
        .filter_map(|line| line.split(' ').next())
        .filter(|name| !name.is_empty())
        .collect();
    assert_eq!(crates, BTreeSet::from(GENERATOR_CRATES));
}
