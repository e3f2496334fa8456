//! Folders that units cannot be written to, and things that stand in their way there.

use std::ffi::OsString;
use std::fs;

use crate::place::{Place, run, tree};

const IMAGE: &str = "[Container]\nImage=docker.io/library/x:1\n";

#[test]
fn a_folder_that_is_missing_is_made_with_its_parents() {
    let place = Place::with_good_ones();
    let mut words = place.words();
    words.pop();
    words.push(place.at("not/there/yet").into());
    let ended = run(&words, &place.variables(), &place.at("said"));
    assert_eq!((ended.exit, ended.said.as_str()), (Some(0), ""));
    assert!(place.at("not/there/yet/app.service").exists());
}

#[test]
fn a_folder_that_cannot_be_made_or_opened_is_an_error() {
    for out in ["file", "file/below", "loop", "loop/below"] {
        let place = Place::with_good_ones();
        place.write("file", "mine");
        place.link("loop", "loop");
        let mut words = place.words();
        words.pop();
        words.push(place.at(out).into());
        let ended = run(&words, &place.variables(), &place.at("said"));
        assert_eq!(ended.exit, Some(1), "{out}: {}", ended.said);
        assert!(ended.said.contains("cannot "), "{out}: {}", ended.said);
        assert_eq!(fs::read_to_string(place.at("file")).unwrap(), "mine");
    }
}

#[test]
fn a_folder_that_is_read_only_is_an_error_and_stays_as_it_was() {
    let place = Place::with_good_ones();
    place.write("out/app.service", "old");
    place.mode("out", 0o555);
    let ended = place.generate_as_nobody();
    place.mode("out", 0o755);
    assert_eq!(ended.exit, Some(1), "{}", ended.said);
    let count = ended.said.matches("error[W0909]").count();
    assert_eq!(count, 5, "each unit has its error: {}", ended.said);
    assert_eq!(place.units().into_values().collect::<Vec<_>>(), ["old"]);
}

/// Runs the generator with a small file system of its own as the output folder, and returns what is in
/// there afterwards.
fn generate_into_small(place: &Place, options: &str) -> (Option<i32>, String) {
    let script = "mount -t tmpfs -o \"$1\" small \"$2\" || exit 100; shift
        out=$1 kept=$2; shift 2
        \"$@\" \"$out\"; status=$?
        cp -a \"$out/.\" \"$kept\" || exit 101
        exit $status";
    place.folder("out");
    place.folder("kept");
    let mut words: Vec<OsString> = vec!["unshare".into()];
    if !rustix::process::geteuid().is_root() {
        words.push("--map-root-user".into());
    }
    words.extend(
        [
            "--mount",
            "--propagation=private",
            "sh",
            "-c",
            script,
            "sh",
            options,
        ]
        .map(Into::into),
    );
    words.extend([place.at("out").into(), place.at("kept").into()]);
    words.extend(place.words().into_iter().take(2));
    let ended = run(&words, &place.variables(), &place.at("said"));
    let is_ready = matches!(ended.exit, Some(0 | 1)) && ended.said.contains("wharf-generator[");
    assert!(
        is_ready,
        "this test mounts a small file system: run it as root with CAP_SYS_ADMIN, or where user \
         namespaces are allowed (sysctl user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns): {ended:?}"
    );
    (ended.exit, ended.said)
}

#[test]
fn a_folder_that_is_full_has_whole_units_or_none() {
    for options in [
        "size=64k",
        "size=16k",
        "size=4k",
        "size=1m,nr_inodes=9",
        "size=1m,nr_inodes=2",
    ] {
        let place = Place::new();
        for i in 0..100 {
            // Some are longer than a page, so that a write may be cut within.
            let labels = "Label=a=b\n".repeat(i * 7 % 900);
            let install = "[Install]\nWantedBy=default.target\n";
            place.write(
                format!("in/x{i:02}.container"),
                format!("{IMAGE}{labels}{install}"),
            );
        }
        place.generate();
        let whole = place.units();
        place.clear();
        let (exit, said) = generate_into_small(&place, options);
        assert_eq!(exit, Some(1), "{options}: {said}");
        let kept = tree(&place.at("kept"));
        let is_unit = |name: &&String| !name.contains('/');
        for name in kept.keys().filter(is_unit) {
            assert_eq!(
                kept.get(name),
                whole.get(name),
                "{options}: {name} is not whole"
            );
        }
        let units = kept.keys().filter(is_unit).count();
        assert_eq!(
            said.matches("error[W0909]").count(),
            100 - units,
            "{options}: {said}"
        );
    }
}

#[test]
fn units_are_written_beside_links_and_not_through_them() {
    let place = Place::with_good_ones();
    place.generate();
    let before = place.units();
    place.clear();
    place.write("victim", "mine");
    place.folder("elsewhere");
    for name in ["app.service", "data-volume.service", ".wharf-unit"] {
        place.link("../victim", &format!("out/{name}"));
    }
    place.link("/nonexistent", "out/net-network.service");
    place.link("../elsewhere", "out/default.target.wants");
    let ended = place.generate();
    assert_eq!(fs::read_to_string(place.at("victim")).unwrap(), "mine");
    assert!(
        tree(&place.at("elsewhere")).is_empty(),
        "written through a link"
    );
    assert_eq!(
        ended.exit,
        Some(0),
        "as stock Quadlet, a link is no error of the run"
    );
    assert!(ended.said.contains("error[W0910]"), "{}", ended.said);
    let after = place.units();
    for (name, text) in &before {
        if name != "default.target.wants/app.service" {
            assert_eq!(after.get(name), Some(text), "{name}");
        }
    }
    assert_eq!(after["default.target.wants"], "-> ../elsewhere");
    assert!(!after.contains_key(".wharf-unit"), "{after:?}");
}

#[test]
fn links_are_made_beside_links_and_not_through_them() {
    let place = Place::with_good_ones();
    place.write(
        "in/x.container",
        format!(
            "{IMAGE}[Install]\nAlias=a/b/x.service c/x.service d.service ../e.service /f.service\n"
        ),
    );
    place.folder("elsewhere/b");
    place.write("victim", "mine");
    place.folder("out/c");
    place.link("../elsewhere", "out/a");
    place.link("../../victim", "out/c/x.service");
    place.link("../victim", "out/d.service");
    let ended = place.generate();
    let elsewhere = tree(&place.at("elsewhere"));
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
    assert_eq!(fs::read_to_string(place.at("victim")).unwrap(), "mine");
    assert_eq!(
        ended.said.matches("error[W0910]").count(),
        3,
        "{}",
        ended.said
    );
    let after = place.units();
    assert_eq!(after["c/x.service"], "-> ../x.service");
    assert_eq!(after["d.service"], "-> x.service");
    assert!(!place.at("e.service").exists());
}

#[test]
fn folders_and_pipes_in_the_way_keep_one_unit_out_and_no_other() {
    let place = Place::with_good_ones();
    place.generate();
    let mut before = place.units();
    place.clear();
    place.write("out/data-volume.service/keep", "mine");
    place.write("out/default.target.wants/app.service/keep", "mine");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        place.at("out/app.service"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::from_raw_mode(0o644),
        0,
    )
    .unwrap();
    let ended = place.generate();
    assert_eq!(ended.exit, Some(1), "{}", ended.said);
    assert!(
        ended.said.contains("/in/data.volume: error[W0909]"),
        "{}",
        ended.said
    );
    before.remove("data-volume.service");
    before.remove("default.target.wants/app.service");
    before.insert("data-volume.service/keep".into(), "mine".into());
    before.insert(
        "default.target.wants/app.service/keep".into(),
        "mine".into(),
    );
    assert_eq!(place.units(), before);
}

#[test]
fn an_alias_takes_no_other_unit_away() {
    let mut lost = Vec::new();
    for alias in [
        "app.service",
        "data-volume.service",
        "net-network.service",
        "job.service",
        "group-pod.service",
        "app.service/x",
        "job.service/x.service",
        "group-pod.service/x",
        "default.target.wants",
        ".wharf-unit",
        ".wharf-unit/x",
    ] {
        for name in ["a", "x", "zz"] {
            let place = Place::with_good_ones();
            place.generate();
            let before = place.units();
            place.clear();
            let text = format!("{IMAGE}[Install]\nAlias={alias}\n");
            place.write(format!("in/{name}.container"), &text);
            place.write(format!("in/{name}.volume"), "[Volume]\n");
            place.write(
                format!("in/{name}.image"),
                text.replace("[Container]", "[Image]"),
            );
            place.generate();
            let after = place.units();
            for (unit, text) in &before {
                if after.get(unit) != Some(text) {
                    lost.push(format!(
                        "Alias={alias} of {name} has replaced or kept out {unit}"
                    ));
                }
            }
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
}
