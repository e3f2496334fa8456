//! What holds for all definitions there can be, tried with those that chance writes.
//!
//! `WHARF_FUZZ_SECONDS` says how many seconds all properties together may take (`make fuzz` sets it); without it
//! each takes two. What one fails for is made smaller and saved; its message says where. Moved to
//! `fixtures/fuzz/NAME/`, where each folder is one of definitions, it is tried by every run from then on.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "this whole program is a test"
)]

#[path = "hostile/injection.rs"]
mod injection;
#[path = "hostile/unit.rs"]
mod unit;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use std::{env, fs};

use arbtest::arbitrary::{Result, Unstructured};
use arbtest::arbtest;
use injection::{Subject, subjects};
use unit::{Assignment, read_unit};
use wharf::base::diagnostic::{Diagnostics, Located, Place};
use wharf::base::quote::{Splitting, push_word, split};
use wharf::base::source::SourcesBuilder;
use wharf::discover::{Environment, Folder, Scope, discover, find_roots};
use wharf::generate::{Request, generate};
use wharf::lower::Settings;
use wharf::resolve::resolve;
use wharf::schema::{DEPENDENCY_KEYS, Kind, Section};
use wharf::syntax::{NO_KEY, Parsed, parse_unit};

/// How many properties there are, among which the seconds are shared.
const PROPERTIES: u32 = 6;
/// How long a finding is made smaller.
const SHRINKING: Duration = Duration::from_secs(20);

/// A folder of definitions: paths in it and texts, in the order they are written in.
type Case = Vec<(String, Vec<u8>)>;

/// Tries a property with cases that chance writes.
fn hold(name: &str, write: fn(&mut Unstructured<'_>) -> Result<Case>, property: fn(&Case)) {
    let seconds = env::var("WHARF_FUZZ_SECONDS")
        .ok()
        .map(|s| s.parse().expect("a number of seconds"));
    let budget = seconds.map_or(Duration::from_secs(2), |s: u32| {
        Duration::from_secs(s.into()) / PROPERTIES
    });
    let search = arbtest(|u| {
        let case = write(u)?;
        if catch_unwind(AssertUnwindSafe(|| property(&case))).is_err() {
            let small = shrink(case, property);
            let saved = save(name, &small);
            eprintln!("{name} does not hold for {}:", saved.display());
            for (path, text) in &small {
                eprintln!("---- {path}\n{}", text.escape_ascii());
            }
            property(&small);
        }
        Ok(())
    });
    search.size_min(256).size_max(20_000).budget(budget).run();
}

/// Leaves out whatever the property fails without.
fn shrink(mut case: Case, property: fn(&Case)) -> Case {
    let begin = Instant::now();
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let mut length = usize::MAX;
    while length != size(&case) && begin.elapsed() < SHRINKING {
        length = size(&case);
        for file in (0..case.len()).rev() {
            let mut less = case.clone();
            less.remove(file);
            if catch_unwind(AssertUnwindSafe(|| property(&less))).is_err() {
                case = less;
                continue;
            }
            let count = case[file].1.split(|&b| b == b'\n').count();
            for line in (0..count).rev().take_while(|_| begin.elapsed() < SHRINKING) {
                let mut less = case.clone();
                let lines = case[file].1.split(|&b| b == b'\n').enumerate();
                let kept: Vec<&[u8]> = lines.filter(|&(i, _)| i != line).map(|(_, l)| l).collect();
                less[file].1 = kept.join(&b'\n');
                if catch_unwind(AssertUnwindSafe(|| property(&less))).is_err() {
                    case = less;
                }
            }
        }
    }
    std::panic::set_hook(hook);
    case
}

fn size(case: &Case) -> usize {
    case.iter()
        .map(|(path, text)| path.len() + text.len())
        .sum()
}

fn save(name: &str, case: &Case) -> PathBuf {
    let number = std::process::id();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{number}"));
    write_case(&folder, case);
    folder
}

fn write_case(folder: &Path, case: &Case) {
    for (path, text) in case {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
}

// ---- what chance writes

/// Names that find each other.
const FILES: [&str; 24] = [
    "a.container",
    "a-b.container",
    "t@.container",
    "t@i.container",
    "c.container",
    "a.kube",
    "k.kube",
    "p.pod",
    "q.pod",
    "v.volume",
    "w@.volume",
    "w@x.volume",
    "n.network",
    "m.network",
    "i.image",
    "b.build",
    "r.artifact",
    "sub/c.container",
    "sub/d/e.container",
    "sub/v.volume",
    "container.d/1.conf",
    "a-.container.d/2.conf",
    "a.container.d/1.conf",
    "sub/p.pod.d/z.conf",
];

const SECTIONS: [&str; 9] = [
    "Unit",
    "Service",
    "Install",
    "Quadlet",
    "X-Mine",
    "Contaner",
    "Container",
    "Pod",
    "X-Container",
];

const SERVICE_KEYS: [&str; 14] = [
    "Type",
    "KillMode",
    "NotifyAccess",
    "Delegate",
    "Restart",
    "Environment",
    "ExecStart",
    "ExecStartPre",
    "WorkingDirectory",
    "User",
    "PIDFile",
    "RemainAfterExit",
    "SyslogIdentifier",
    "TimeoutStartSec",
];

const INSTALL_KEYS: [&str; 6] = [
    "WantedBy",
    "RequiredBy",
    "UpheldBy",
    "Alias",
    "DefaultInstance",
    "Also",
];

const VALUES: [&str; 46] = [
    "",
    "x",
    "yes",
    "no",
    "true",
    "0",
    "1",
    "010",
    "host",
    "docker.io/library/x:1",
    "x:1",
    "/x",
    "./x",
    "../x",
    "%h/x",
    "~/x",
    "a b",
    "\"a b\"",
    "'a b'",
    "a=b",
    "a=b c=d",
    "\"",
    "'",
    "\\",
    "a\\x20b",
    "a\\q",
    "\\n",
    "$X",
    "%n",
    "--privileged",
    "-x",
    ";",
    "oneshot",
    "notify",
    "mixed",
    "auto",
    "manual",
    "keep-id",
    "unit",
    "yaml",
    "file",
    "type=bind,source=./x,destination=/x",
    "80/tcp",
    "a.target b.target",
    "sub/x.service",
    "é\u{2028}",
];

/// A stretch of text such as hardly anybody would write.
fn odd_text(u: &mut Unstructured<'_>) -> Result<String> {
    let mut text = String::new();
    for _ in 0..u.int_in_range(0..=12)? {
        text.push(match u.int_in_range(0..=9)? {
            0 => *u.choose(&[
                '\0', '\r', '\u{85}', '\u{2028}', '\u{feff}', '\x1b', '\x0b', '\u{fffd}',
            ])?,
            1..=4 => *u.choose(&[
                '"', '\'', '\\', ' ', '\t', '=', ':', ',', ';', '#', '[', ']', '%', '$', '-', '/',
            ])?,
            5 => u.arbitrary()?,
            _ => *u.choose(&['a', 'b', 'n', 'x', '0', '1', '.', '@'])?,
        });
    }
    Ok(text)
}

fn value(u: &mut Unstructured<'_>) -> Result<String> {
    let name = |u: &mut Unstructured<'_>| -> Result<String> {
        let file = u.choose(&FILES)?;
        Ok(file.rsplit('/').next().unwrap_or(file).to_owned())
    };
    Ok(match u.int_in_range(0..=9)? {
        0..=3 => (*u.choose(&VALUES)?).to_owned(),
        4 => name(u)?,
        5 => format!("{}:/x", name(u)?),
        6 => format!("{} {}", name(u)?, u.choose(&VALUES)?),
        7 => format!("type=volume,source={},destination=/x", name(u)?),
        8 => odd_text(u)?,
        _ => format!("{}{}", u.choose(&VALUES)?, u.choose(&VALUES)?),
    })
}

fn line(u: &mut Unstructured<'_>, kind: Kind, section: &str) -> Result<String> {
    let key = match section {
        "Unit" => (*u.choose(&DEPENDENCY_KEYS)?).to_owned(),
        "Service" => (*u.choose(&SERVICE_KEYS)?).to_owned(),
        "Install" => (*u.choose(&INSTALL_KEYS)?).to_owned(),
        "Quadlet" => "DefaultDependencies".to_owned(),
        _ if section == kind.section() => u.choose(kind.keys())?.name.to_owned(),
        _ => odd_text(u)?,
    };
    let value = value(u)?;
    Ok(match u.int_in_range(0..=30)? {
        0 => format!("{key}={value}\\"),
        1 => format!("{key} = {value} \\\n{}", self::value(u)?),
        2 => format!("# {value}\n{key}={value}\\\n; x\n\n  {value}"),
        3 => format!("{key}={value}\r"),
        4 => odd_text(u)?,
        5 => format!("{}={value}", odd_text(u)?),
        6 => format!("  {key}\t=\t{value}  "),
        _ => format!("{key}={value}"),
    })
}

fn definition(u: &mut Unstructured<'_>, name: &str) -> Result<String> {
    let suffix = name
        .trim_end_matches(".conf")
        .split('/')
        .rev()
        .find_map(|part| {
            let part = part.strip_suffix(".d").unwrap_or(part);
            Kind::from_suffix(part.rsplit('.').next().unwrap_or(part))
        });
    let kind = suffix.unwrap_or(Kind::Container);
    let mut section = kind.section();
    let needs = match kind {
        Kind::Container | Kind::Image => "Image=docker.io/x",
        Kind::Kube => "Yaml=/k.yaml",
        Kind::Build => "ImageTag=localhost/b\nSetWorkingDirectory=unit",
        Kind::Artifact => "Artifact=quay.io/a",
        Kind::Pod | Kind::Volume | Kind::Network => "",
    };
    let mut text = format!("[{section}]\n{needs}\n");
    // Long ones are nearly always broken, and then little of them is tried.
    for _ in 0..u.int_in_range(0..=6)? {
        if u.ratio(1, 3)? {
            section = match u.int_in_range(0..=5)? {
                0..=2 => kind.section(),
                3 => "Install",
                _ => u.choose(&SECTIONS)?,
            };
            writeln!(text, "[{section}]").unwrap();
        }
        text.push_str(&line(u, kind, section)?);
        text.push('\n');
    }
    if u.ratio(1, 20)? {
        text = text.replace('\n', "\r\n");
    }
    if u.ratio(1, 20)? {
        text.insert(0, '\u{feff}');
    }
    Ok(text)
}

fn definitions(u: &mut Unstructured<'_>) -> Result<Case> {
    let mut case = Case::new();
    for _ in 0..u.int_in_range(1..=8)? {
        let name = *u.choose(&FILES)?;
        if case.iter().all(|(n, _)| n != name) {
            case.push((name.to_owned(), definition(u, name)?.into_bytes()));
        }
    }
    Ok(case)
}

fn one_text(u: &mut Unstructured<'_>) -> Result<Case> {
    let name = FILES[u.int_in_range(0..=16)?];
    let text = match u.int_in_range(0..=3)? {
        0 => u.bytes(u.len().min(300))?.to_vec(),
        1 => {
            let mut text = definition(u, name)?.into_bytes();
            for _ in 0..u.int_in_range(1..=4)? {
                let at = u.int_in_range(0..=text.len())?;
                text.insert(at, u.arbitrary()?);
            }
            text
        }
        2 => {
            let mut text = String::new();
            for _ in 0..u.int_in_range(1..=20)? {
                text.push_str(&odd_text(u)?);
                text.push_str(u.choose(&["\n", "\\\n", "\r\n", "", "[Container]\n", "="])?);
            }
            text.into_bytes()
        }
        _ => definition(u, name)?.into_bytes(),
    };
    Ok(vec![(name.to_owned(), text)])
}

/// A definition of which one key has an odd value.
fn one_value(u: &mut Unstructured<'_>) -> Result<Case> {
    let all: Vec<Subject> = subjects().collect();
    let subject = u.choose(&all)?;
    let value = match u.int_in_range(0..=2)? {
        0 => value(u)?,
        1 => odd_text(u)?,
        _ => format!("{}{}{}", odd_text(u)?, u.choose(&VALUES)?, odd_text(u)?),
    };
    let value = value.replace('\n', " ");
    let name = format!("x.{}", subject.kind.suffix());
    Ok(vec![(name, subject.definition(Some(&value)).into_bytes())])
}

// ---- what is made of it

/// What a run has made.
#[derive(Debug, Default, PartialEq, Eq)]
struct Made {
    units: BTreeMap<String, String>,
    links: BTreeSet<(String, String, String)>,
    said: Vec<String>,
    has_errors: bool,
}

/// Makes the units of a folder by Quadlet's rules.
fn make(folder: &Path) -> Made {
    make_of(&Environment {
        quadlet_unit_dirs: folder.to_str().unwrap().to_owned(),
        ..Environment::default()
    })
}

/// Makes units by the rules of Wharf's own folders, where broken definitions have some too.
fn make_native(root: &Path) -> Made {
    make_of(&Environment {
        root: root.to_str().unwrap().to_owned(),
        ..Environment::default()
    })
}

fn make_of(environment: &Environment) -> Made {
    let mut diagnostics = Diagnostics::default();
    let roots = find_roots(Scope::System, environment, &mut diagnostics);
    let discovery = discover(&roots, &mut diagnostics);
    let mut set = resolve(&discovery, &mut diagnostics);
    let request = Request {
        settings: Settings {
            scope: Scope::System,
            podman: "/usr/bin/podman".to_owned(),
            exists: |_| false,
        },
        stand_ins: (!roots.replaced).then(|| "/usr/libexec/wharf/wharf-generator".to_owned()),
        packaged: BTreeMap::new(),
        makes_quadlet_units: true,
    };
    let mut made = Made::default();
    generate(&mut set, &request, &mut diagnostics, &mut |unit, _| {
        made.units
            .insert(unit.name.to_owned(), unit.text.to_owned());
        for link in unit.links {
            made.links
                .insert((unit.name.to_owned(), link.path.clone(), link.target.clone()));
        }
        assert!(unit.folder == Folder::Quadlet || unit.links.is_empty());
    });
    made.said = diagnostics
        .located(&discovery.sources)
        .iter()
        .map(Located::line)
        .collect();
    made.has_errors = diagnostics.has_errors();
    made
}

/// Calls with a folder that holds the case. In memory where that can be: the disk is not what is tried.
fn in_folder<T>(case: &Case, with: impl FnOnce(&Path) -> T) -> T {
    let dir = tempfile::tempdir_in("/dev/shm")
        .or_else(|_| tempfile::tempdir())
        .unwrap();
    write_case(dir.path(), case);
    with(dir.path())
}

// ---- what holds

/// Reading finds all lines, each in its place, and never fails.
fn text_is_read(case: &Case) {
    for (name, text) in case {
        let Some((kind, _)) = Kind::of_file(name) else {
            continue;
        };
        let mut builder = SourcesBuilder::default();
        let dir = builder.add_dir("/d");
        builder.add_file(dir, "before.container");
        builder
            .buffer()
            .extend_from_slice(b"[Container]\nImage=x\n");
        let file = builder.add_file(dir, name.as_str());
        builder.buffer().extend_from_slice(text);
        builder.add_file(dir, "after.container");
        builder.buffer().extend_from_slice(b"[Container]\n");
        let sources = builder.finish();
        let (mut parsed, mut diagnostics) = (Parsed::default(), Diagnostics::default());
        let read = parse_unit(&sources, file, kind, &mut parsed, &mut diagnostics);
        let whole = sources.span(file);
        let mut last = whole.start;
        for (id, entry) in parsed.entries(&read) {
            let (key, value) = (entry.key_span, parsed.value(id, &sources));
            assert!(
                last <= key.start && key.start <= key.end && key.end <= whole.end,
                "{key:?}"
            );
            assert!(entry.key == NO_KEY || usize::from(entry.key) < kind.keys().len());
            if entry.key != NO_KEY && parsed.section(entry) == Section::Own {
                let place = &sources.text(whole)[(key.start - whole.start) as usize..];
                let name = kind.keys()[usize::from(entry.key)].name;
                // A key may be broken over lines; it still begins where it is said to.
                assert!(place.starts_with(&name[..1]), "{name} at {place:.20}");
            }
            let at = value.whole();
            assert!(
                whole.start <= at.start && at.start <= whole.end,
                "{at:?} is not in {whole:?}"
            );
            for (i, _) in value.text.char_indices() {
                let at = value.span(i, i + 1);
                assert!(
                    whole.start <= at.start && at.start < whole.end,
                    "{at:?} is not in {whole:?}"
                );
                let here = &sources.text(whole).as_bytes()[(at.start - whole.start) as usize];
                assert_eq!(
                    *here,
                    value.text.as_bytes()[i],
                    "byte {i} of {:?}",
                    value.text
                );
            }
            last = key.end;
        }
        let lines = sources.text(whole).split('\n').count();
        for located in diagnostics.located(&sources) {
            assert_printable(&located.line());
            assert_printable(&located.status());
            let Place::At(span) = located.diagnostic.place else {
                continue;
            };
            assert!(
                whole.start <= span.start && span.start <= whole.end,
                "{span:?} {whole:?}"
            );
            let place = located
                .place
                .strip_prefix(&format!("/d/{name}:"))
                .expect("the file");
            let (line, column) = place.split_once(':').expect("line and column");
            let line: usize = line.parse().unwrap();
            assert!((1..=lines).contains(&line), "line {line} of {lines}");
            assert!(column.parse::<usize>().unwrap() >= 1);
        }
    }
}

fn assert_printable(line: &str) {
    assert!(
        !line.contains(|c: char| c.is_control() || matches!(c, '\u{2028}'..='\u{202e}')),
        "{line:?}"
    );
}

/// Words come back from the way that they are written for systemd.
fn words_come_back(case: &Case) {
    for (_, text) in case {
        let text = String::from_utf8_lossy(text);
        for how in [Splitting::Strv, Splitting::Exec] {
            let mut words: Vec<String> = Vec::new();
            if split(&text, how, |word| words.push(word.text.replace('\0', ""))).is_err() {
                continue;
            }
            let mut line = String::new();
            for word in &words {
                line.push(' ');
                push_word(&mut line, word);
            }
            assert!(!line.contains(['\n', '\r', '\0']), "{line:?}");
            assert_eq!(unit::split_commands(&line), Ok(vec![words]), "{line:?}");
        }
    }
}

/// A unit is what systemd reads without complaint, and says what its definition says.
fn units_read_back(case: &Case) {
    in_folder(case, |folder| {
        let made = make(folder);
        for (name, text) in &made.units {
            assert!(text.starts_with("# Generated by Wharf from /"), "{text}");
            assert!(!text.contains(['\r', '\0']), "{text:?}");
            let lines = read_unit(text).unwrap_or_else(|why| panic!("{name}: {why}\n{text}"));
            let path = text
                .lines()
                .next()
                .unwrap()
                .rsplit(" from ")
                .next()
                .unwrap();
            let path = Path::new(path);
            let kind = Kind::of_file(path.file_name().unwrap().to_str().unwrap())
                .unwrap()
                .0;
            let wanted = own_lines(case, folder, path, kind);
            let section = format!("X-{}", kind.section());
            let got: Vec<&Assignment> = lines.iter().filter(|l| l.section == section).collect();
            // Drop-ins come behind, and so does a section that had this name before.
            let mut rest = got.iter();
            for (key, value) in &wanted {
                // A backslash at the end would continue the line, so it is not written.
                let value = value.trim_end_matches('\\').trim_matches([' ', '\t']);
                let is_it =
                    |l: &Assignment| l.value.trim_end_matches('\\').trim_end_matches(' ') == value;
                assert!(
                    rest.any(|l| l.key == *key && is_it(l)),
                    "{name}: {key}={value} is missing or in another order\n{text}"
                );
            }
            for line in lines
                .iter()
                .filter(|l| l.section == "Service" && l.key.starts_with("Exec"))
            {
                let is_generated = line.value.contains("podman");
                let split = unit::split_commands(&line.value);
                assert!(!is_generated || split.is_ok(), "{name}: {split:?}");
            }
        }
        for (unit, path, target) in &made.links {
            assert!(
                !path.starts_with('/') && !path.split('/').any(|p| p == ".."),
                "{unit}: {path}"
            );
            assert!(
                target.ends_with(unit.as_str()),
                "{unit}: {path} -> {target}"
            );
        }
        made.said.iter().for_each(|line| assert_printable(line));
    });
}

/// Returns the assignments of a definition's own section.
fn own_lines(case: &Case, folder: &Path, path: &Path, kind: Kind) -> Vec<(String, String)> {
    let name = path.strip_prefix(folder).unwrap().to_str().unwrap();
    let text = &case.iter().find(|(n, _)| n == name).unwrap().1;
    let mut builder = SourcesBuilder::default();
    let dir = builder.add_dir("/");
    let file = builder.add_file(dir, name);
    builder.buffer().extend_from_slice(text);
    let sources = builder.finish();
    let mut parsed = Parsed::default();
    let read = parse_unit(
        &sources,
        file,
        kind,
        &mut parsed,
        &mut Diagnostics::default(),
    );
    let mut lines = Vec::new();
    for (id, entry) in parsed.entries(&read) {
        if parsed.section(entry) == Section::Own {
            let key = kind.keys()[usize::from(entry.key)].name;
            lines.push((key.to_owned(), parsed.value(id, &sources).text.to_owned()));
        }
    }
    lines
}

/// The same files give the same bytes, whatever order they were written in.
fn runs_are_alike(case: &Case) {
    in_folder(case, |folder| {
        let first = make(folder);
        assert_eq!(make(folder), first);
        fs::remove_dir_all(folder).unwrap();
        let mut turned = case.clone();
        turned.reverse();
        write_case(folder, &turned);
        assert_eq!(make(folder), first);
    });
    let native: Case = case
        .iter()
        .map(|(path, text)| (format!("etc/containers/apps/{path}"), text.clone()))
        .collect();
    in_folder(&native, |root| {
        let first = make_native(root);
        for text in first.units.values() {
            read_unit(text).unwrap_or_else(|why| panic!("{why}\n{text}"));
        }
        assert!(first.links.is_empty());
        fs::remove_dir_all(root).unwrap();
        write_case(root, &native.iter().rev().cloned().collect());
        assert_eq!(make_native(root), first);
    });
}

/// A broken definition changes no unit but its own.
fn harm_stays_where_it_is(case: &Case) {
    // Two definitions of one service are a case of their own.
    let has_name = |line: &&[u8]| line.windows(11).any(|w| w == b"ServiceName");
    let without_names = |text: &Vec<u8>| {
        let lines: Vec<&[u8]> = text
            .split(|&b| b == b'\n')
            .filter(|l| !has_name(l))
            .collect();
        lines.join(&b'\n')
    };
    let case: &Case = &case
        .iter()
        .map(|(path, text)| (path.clone(), without_names(text)))
        .collect();
    // What the first file says is what is broken. Nobody else knows the name.
    let Some((_, text)) = case.first() else {
        return;
    };
    let text = [text.as_slice(), b"\n[X-Mine]\nthis is no assignment\n"].concat();
    for place in ["", "etc/containers/apps/"] {
        let others: Case = case
            .iter()
            .map(|(p, t)| (format!("{place}{p}"), t.clone()))
            .collect();
        let make = |folder: &Path| {
            if place.is_empty() {
                make(folder)
            } else {
                make_native(folder)
            }
        };
        in_folder(&others, |folder| {
            let before = make(folder);
            for kind in Kind::ALL {
                let path = format!("{place}zz-broken.{}", kind.suffix());
                write_case(folder, &vec![(path.clone(), text.clone())]);
                let mut after = make(folder);
                assert!(after.has_errors);
                let own = format!("zz-broken{}.service", kind.service_suffix());
                let unit = after.units.remove(&own);
                assert_eq!(unit.is_some(), !place.is_empty(), "{own}");
                assert_eq!(after.units, before.units, "{own}");
                assert_eq!(after.links, before.links, "{own}");
                fs::remove_file(folder.join(path)).unwrap();
            }
        });
    }
}

/// No value adds an argument, an option or a line.
fn a_value_is_only_a_value(case: &Case) {
    let Some((name, text)) = case.first() else {
        return;
    };
    let Some((kind, _)) = Kind::of_file(name) else {
        return;
    };
    let text = String::from_utf8_lossy(text);
    let last = text
        .trim_end_matches('\n')
        .rsplit('\n')
        .next()
        .unwrap_or_default();
    let Some((key, value)) = last.split_once('=') else {
        return;
    };
    let Some(subject) = subjects().find(|s| s.kind == kind && s.key.name == key) else {
        return;
    };
    if *text != subject.definition(Some(value)) {
        return; // not one of these cases
    }
    let unit = |value: Option<&str>| {
        let text = subject.definition(value).into_bytes();
        let pod = ("harmless.pod".to_owned(), b"[Pod]\n".to_vec());
        in_folder(&vec![(name.clone(), text), pod], |folder| {
            let root = folder.to_str().unwrap();
            let unit = make(folder)
                .units
                .remove(&format!("x{}.service", kind.service_suffix()));
            unit.map(|u| u.replace(root, "/root"))
        })
    };
    let Some(got) = unit(Some(value)) else { return };
    let with = unit(Some(subject.harmless())).expect("a harmless definition");
    let without = unit(None).unwrap_or_default();
    if let Err(why) = subject.judge(value, &got, &with, &without) {
        panic!("{name}: {key}={value:?}: {why}");
    }
}

#[test]
fn any_text_is_read_in_its_place() {
    hold("text", one_text, text_is_read);
}

#[test]
fn any_words_are_written_so_that_systemd_reads_them() {
    hold("words", one_text, words_come_back);
}

#[test]
fn any_unit_is_read_back_with_the_same_words() {
    hold("units", definitions, units_read_back);
}

#[test]
fn any_two_runs_give_the_same_bytes() {
    hold("runs", definitions, runs_are_alike);
}

#[test]
fn any_broken_file_harms_only_itself() {
    hold("harm", definitions, harm_stays_where_it_is);
}

#[test]
fn any_value_is_only_the_value_of_its_key() {
    hold("values", one_value, a_value_is_only_a_value);
}

#[test]
fn what_was_found_once_does_not_come_back() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/fuzz");
    let mut cases = 0;
    let mut names: Vec<PathBuf> = fs::read_dir(&top)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    names.sort_unstable();
    for folder in names.iter().filter(|p| p.is_dir()) {
        let mut case = Case::new();
        let mut waiting = vec![folder.clone()];
        while let Some(at) = waiting.pop() {
            for entry in fs::read_dir(at).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    waiting.push(path);
                } else {
                    let name = path
                        .strip_prefix(folder)
                        .unwrap()
                        .to_str()
                        .unwrap()
                        .to_owned();
                    case.push((name, fs::read(&path).unwrap()));
                }
            }
        }
        case.sort_unstable();
        eprintln!("{}", folder.display());
        for property in [
            text_is_read,
            words_come_back,
            units_read_back,
            runs_are_alike,
            harm_stays_where_it_is,
            a_value_is_only_a_value,
        ] {
            property(&case);
        }
        cases += 1;
    }
    assert!(cases > 0, "nothing in {}", top.display());
}
