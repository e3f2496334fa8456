//! What a run costs where a number is exact: system calls and threads. Times are measured by the
//! benchmarks, not here.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may end here")]

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

/// Calls by name, as `strace -c` counts them.
struct Calls(Vec<(String, u32)>);

impl Calls {
    fn all(&self) -> u32 {
        self.0.iter().map(|(_, count)| count).sum()
    }

    fn of(&self, name: &str) -> u32 {
        self.0
            .iter()
            .filter(|(n, _)| n == name)
            .map(|(_, count)| count)
            .sum()
    }
}

/// Runs the generator on so many definitions, each with a link, and counts its system calls.
fn calls(definitions: u32) -> Calls {
    let place = tempfile::tempdir().unwrap();
    let [dirs, out, counts] = ["in", "out", "counts"].map(|name| place.path().join(name));
    fs::create_dir_all(dirs.join("container.d")).unwrap();
    fs::write(
        dirs.join("container.d/all.conf"),
        "[Container]\nReadOnly=true\n",
    )
    .unwrap();
    for i in 0..definitions {
        let mut text = String::from("[Container]\nImage=docker.io/library/x:1\n");
        writeln!(
            text,
            "Volume=v{i}.volume:/data\n[Install]\nWantedBy=default.target"
        )
        .unwrap();
        fs::write(dirs.join(format!("c{i}.container")), text).unwrap();
        fs::write(dirs.join(format!("v{i}.volume")), "[Volume]\n").unwrap();
    }
    let strace = Command::new("strace")
        .args(["-f", "-qq", "-c", "-U", "calls,name", "-o"])
        .arg(&counts)
        .arg(env!("CARGO_BIN_EXE_wharf-generator"))
        .arg("--no-kmsg-log")
        .arg(&out)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("QUADLET_UNIT_DIRS", &dirs)
        .status();
    let status = strace.unwrap_or_else(|e| panic!("strace is needed to count system calls: {e}"));
    assert!(status.success(), "the run failed: {status}");
    let text = fs::read_to_string(&counts).unwrap();
    let rows = text.lines().filter_map(|line| {
        let (count, name) = line.trim().split_once(' ')?;
        Some((name.trim().to_owned(), count.parse().ok()?))
    });
    Calls(rows.filter(|(name, _)| name != "total").collect())
}

#[test]
fn a_definition_costs_nine_system_calls() {
    let (few, many) = (calls(50), calls(550));
    let more = many.all() - few.all();
    // 500 containers and 500 volumes more.
    assert!(
        more <= 9 * 1000,
        "{more} more system calls for 1,000 more definitions"
    );
    for name in ["clone", "clone3", "fork", "vfork"] {
        assert_eq!(
            many.of(name),
            0,
            "the generator has one thread and no child"
        );
    }
    assert_eq!(
        many.of("fsync") + many.of("fdatasync"),
        0,
        "units are written to memory"
    );
}
