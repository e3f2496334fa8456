//! Things with the name of a definition or a drop-in that are no file, or one that cannot be read.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::UnixListener;
use std::{fs, path::Path};

use rustix::fs::{CWD, FileType, Mode, OFlags, makedev, mkdirat, mknodat, openat};

use crate::place::{Effect, Place, only_itself, only_itself_for_nobody};

const GOOD_TEXT: &str = "[Container]\nImage=docker.io/library/x:1\n";

fn fifo(place: &Place, name: &str) {
    let path = place.at(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    mknodat(CWD, &path, FileType::Fifo, Mode::from_raw_mode(0o666), 0).unwrap();
}

#[test]
fn a_file_that_cannot_be_read_is_an_error_of_its_own() {
    let effect = Effect {
        exit: 1,
        says: &["/in/x.container: error[W0901]"],
        units: &[],
    };
    let plant = |place: &Place| {
        place.write("in/x.container", GOOD_TEXT);
        place.mode("in/x.container", 0);
    };
    only_itself_for_nobody(plant, &effect);
}

#[test]
fn folders_that_cannot_be_listed_or_entered_are_errors() {
    for (bits, says) in [
        (0o000, "/in/x: error[W0901]"),
        (0o111, "/in/x: error[W0901]"),
        (0o444, "/in/x/x.container: error[W0901]"),
    ] {
        let effect = Effect {
            exit: 1,
            says: &[says],
            units: &[],
        };
        let plant = |place: &Place| {
            place.write("in/x/x.container", GOOD_TEXT);
            place.mode("in/x", bits);
        };
        only_itself_for_nobody(plant, &effect);
    }
}

#[test]
fn a_root_that_cannot_be_read_is_an_error() {
    let place = Place::new();
    place.mode("in", 0);
    let ended = place.generate_as_nobody();
    place.mode("in", 0o755);
    assert_eq!(ended.exit, Some(1), "{}", ended.said);
    assert!(ended.said.contains("/in: error[W0901]"), "{}", ended.said);
    assert!(place.units().is_empty());
}

#[test]
fn a_dropin_that_cannot_be_read_is_an_error_and_the_unit_is_made_without_it() {
    let effect = Effect {
        exit: 1,
        says: &["x.conf: error[W0901]"],
        units: &[],
    };
    let plant = |place: &Place| {
        place.write(
            "in/app.container.d/x.conf",
            "[Container]\nEnvironment=B=2\n",
        );
        place.mode("in/app.container.d/x.conf", 0);
    };
    only_itself_for_nobody(plant, &effect);
}

#[test]
fn a_dropin_folder_that_cannot_be_listed_is_an_error_and_the_unit_is_made_without_it() {
    let effect = Effect {
        exit: 1,
        says: &["/in/app.container.d: error[W0901]"],
        units: &[],
    };
    let plant = |place: &Place| {
        place.write(
            "in/app.container.d/x.conf",
            "[Container]\nEnvironment=B=2\n",
        );
        place.mode("in/app.container.d", 0o111);
    };
    only_itself_for_nobody(plant, &effect);
}

#[test]
fn what_every_definition_would_get_is_reported_once() {
    let place = Place::with_good_ones();
    for i in 0..20 {
        place.write(format!("in/c{i}.container"), GOOD_TEXT);
    }
    fifo(&place, "in/container.d/a.conf");
    place.write("in/container.d/b.conf", "[Container]\nEnvironment=B=2\n");
    place.mode("in/container.d/b.conf", 0);
    let ended = place.generate_as_nobody();
    assert_eq!(ended.said.matches("W0901").count(), 1, "{}", ended.said);
    assert_eq!(ended.said.matches("W0903").count(), 1, "{}", ended.said);
    assert_eq!(ended.exit, Some(1));
}

#[test]
fn links_that_lead_nowhere_are_errors_where_they_have_the_name_of_a_definition() {
    let effect = Effect {
        exit: 1,
        says: &[
            "/in/x.container: error[W0902]",
            "/in/a.container: error[W0902]",
            "/in/b.container: error[W0902]",
            "/in/self.volume: error[W0902]",
        ],
        units: &[],
    };
    let plant = |place: &Place| {
        place.link("/nonexistent/x.container", "in/x.container");
        place.link("b.container", "in/a.container");
        place.link("a.container", "in/b.container");
        place.link("self.volume", "in/self.volume");
        place.link("/nonexistent", "in/nothing-of-interest");
    };
    only_itself(plant, &effect);
}

#[test]
fn a_dropin_that_leads_nowhere_is_an_error_and_the_unit_is_made_without_it() {
    let effect = Effect {
        exit: 1,
        says: &["x.conf: error[W0902]"],
        units: &[],
    };
    only_itself(
        |place| place.link("/nonexistent", "in/app.container.d/x.conf"),
        &effect,
    );
}

#[test]
fn folders_that_lead_to_themselves_are_entered_once() {
    let effect = Effect {
        exit: 0,
        says: &[],
        units: &[],
    };
    let plant = |place: &Place| {
        place.link(".", "in/here");
        place.link("..", "in/sub/up");
        place.link("../sub", "in/sub/sub");
        place.link(place.at("in"), "in/all");
        place.folder("in/p");
        place.folder("in/q");
        place.link("../q", "in/p/q");
        place.link("../p", "in/q/p");
        place.link("loop", "in/loop");
        place.link("../app.container.d", "in/app.container.d/again");
        place.link("y.conf", "in/z.container.d/y.conf");
    };
    only_itself(plant, &effect);
}

#[test]
fn a_folder_with_the_name_of_a_definition_is_entered_and_no_definition() {
    let effect = Effect {
        exit: 0,
        says: &["/in/x.container: warning[W0903]"],
        units: &["inner.service"],
    };
    let plant = |place: &Place| place.write("in/x.container/inner.container", GOOD_TEXT);
    only_itself(plant, &effect);
}

#[test]
fn pipes_sockets_and_devices_are_never_opened() {
    let effect = Effect {
        exit: 0,
        says: &[
            "/in/fifo.container: warning[W0903]",
            "/in/to-fifo.container: warning[W0903]",
            "/in/socket.container: warning[W0903]",
            "/in/zero.container: warning[W0903]",
            "/in/tty.container: warning[W0903]",
        ],
        units: &[],
    };
    let plant = |place: &Place| {
        fifo(place, "in/fifo.container");
        place.link("fifo.container", "in/to-fifo.container");
        drop(UnixListener::bind(place.at("in/socket.container")).unwrap());
        place.link("/dev/zero", "in/zero.container");
        place.link("/dev/tty", "in/tty.container");
        if rustix::process::geteuid().is_root() {
            // /dev/zero itself. Where even root may not, the link has shown the same.
            let mode = Mode::from_raw_mode(0o666);
            let path = place.at("in/device.network");
            let _ = mknodat(CWD, path, FileType::CharacterDevice, mode, makedev(1, 5));
        }
    };
    only_itself(plant, &effect);
}

#[test]
fn a_dropin_that_is_no_file_is_passed_over() {
    let effect = Effect {
        exit: 0,
        says: &[
            "fifo.conf: warning[W0903]",
            "socket.conf: warning[W0903]",
            "zero.conf: warning[W0903]",
            "folder.conf: warning[W0903]",
        ],
        units: &[],
    };
    let plant = |place: &Place| {
        fifo(place, "in/app.container.d/fifo.conf");
        drop(UnixListener::bind(place.at("in/app.container.d/socket.conf")).unwrap());
        place.link("/dev/zero", "in/app.container.d/zero.conf");
        place.link("/dev/null", "in/app.container.d/null.conf");
        place.folder("in/app.container.d/folder.conf");
    };
    only_itself(plant, &effect);
}

#[test]
fn a_dropin_folder_that_is_none_is_not_waited_for() {
    let place = Place::with_good_ones();
    place.generate();
    let before = place.units();
    place.clear();
    fifo(&place, "in/app.container.d");
    place.link("/dev/zero", "in/data.volume.d");
    place.write("in/net.network.d", "[Network]\nInternal=no\n");
    place.generate();
    assert_eq!(place.units(), before);
}

#[test]
fn a_link_to_the_null_device_hides_and_makes_nothing() {
    let place = Place::new();
    place.write("in/low/x.container", GOOD_TEXT);
    place.link("/dev/null", "in/x.container");
    let ended = place.generate();
    assert_eq!(ended.exit, Some(0), "{}", ended.said);
    assert!(place.units().is_empty());
}

#[test]
fn files_without_end_are_given_up() {
    // 8 TiB of nothing. A run may take what 100 MB of definitions need and some more, but not all that
    // the machine has: this is the boot.
    let place = Place::with_good_ones();
    place.generate();
    let before = place.units();
    place.clear();
    let file = fs::File::create(place.at("in/x.container")).unwrap();
    file.set_len(8 << 40)
        .unwrap_or_else(|_| file.set_len(1 << 40).unwrap());
    let mut words = vec!["prlimit".into(), format!("--as={}", 2u64 << 30).into()];
    words.extend(place.words());
    let ended = crate::place::run(&words, &place.variables(), &place.at("said"));
    let effect = Effect {
        exit: 1,
        says: &["/in/x.container: error["],
        units: &[],
    };
    place.check_beside(&before, &ended, &effect);
}

#[test]
fn names_that_are_not_utf8_are_an_error() {
    let effect = Effect {
        exit: 1,
        says: &["error[W0913]"],
        units: &[],
    };
    let bad = |name: &[u8]| Path::new("in").join(OsStr::from_bytes(name));
    let plant = |place: &Place| {
        place.write(bad(b"x\xff.container"), GOOD_TEXT);
        place.write(bad(b"x\xfe.container"), GOOD_TEXT);
        place.write(bad(b"nobodys-\xff-business"), GOOD_TEXT);
        place.write(bad(b"app.container.d/\xff.txt"), GOOD_TEXT);
    };
    only_itself(plant, &effect);
}

#[test]
fn a_folder_whose_name_is_not_utf8_is_an_error() {
    let effect = Effect {
        exit: 1,
        says: &["error["],
        units: &[],
    };
    let plant = |place: &Place| {
        place.write(
            Path::new("in").join(OsStr::from_bytes(b"\xff/x.container")),
            GOOD_TEXT,
        );
    };
    only_itself(plant, &effect);
}

#[test]
fn a_file_name_that_no_unit_can_have_is_an_error() {
    let effect = Effect {
        exit: 1,
        says: &["error[W0218]"],
        units: &[],
    };
    let plant = |place: &Place| {
        for name in ["a b", "a\nb", "a\rExecStart=x", "é", "@", "a;b", "*", "a%b"] {
            place.write(format!("in/{name}.container"), GOOD_TEXT);
        }
        place.write(format!("in/{}.volume", "x".repeat(248)), "[Volume]\n");
    };
    only_itself(plant, &effect);
}

#[test]
fn folders_deeper_than_a_path_can_say_are_an_error_and_no_crash() {
    let effect = Effect {
        exit: 1,
        says: &["error[W0901]"],
        units: &["deep.service"],
    };
    let plant = |place: &Place| {
        place.write("in/deep.container", GOOD_TEXT);
        let flags = OFlags::RDONLY | OFlags::DIRECTORY;
        let mut at = openat(CWD, place.at("in"), flags, Mode::empty()).unwrap();
        for _ in 0..3_000 {
            mkdirat(&at, "d", Mode::from_raw_mode(0o755)).unwrap();
            at = openat(&at, "d", flags, Mode::empty()).unwrap();
        }
    };
    only_itself(plant, &effect);
}

#[test]
fn a_definition_in_a_deep_folder_is_found() {
    let effect = Effect {
        exit: 0,
        says: &[],
        units: &["deep.service"],
    };
    let deep = format!("in/{}deep.container", "d/".repeat(1_000));
    only_itself(|place| place.write(deep, GOOD_TEXT), &effect);
}

#[test]
fn two_files_of_one_service_are_reported_and_one_of_them_is_whole() {
    let plant = |place: &Place| {
        place.write("in/two.container", GOOD_TEXT);
        place.write("in/two.kube", "[Kube]\nYaml=/k.yaml\n");
        place.write(
            "in/three.container",
            format!("{GOOD_TEXT}ServiceName=two\n"),
        );
    };
    let says = [
        "error[W0307]",
        "two.kube",
        "two.container",
        "three.container",
    ];
    let effect = Effect {
        exit: 0,
        says: &says,
        units: &["two.service"],
    };
    only_itself(plant, &effect);
    let place = Place::new();
    plant(&place);
    place.generate();
    let unit = &place.units()["two.service"];
    assert_eq!(unit.matches("\nExecStart=").count(), 1, "{unit}");
    assert_eq!(unit.matches("# Generated by Wharf").count(), 1, "{unit}");
}

#[test]
fn a_broken_file_does_not_let_the_one_behind_it_through() {
    let place = Place::new();
    place.write(
        "in/high/x.container",
        "[Container\nImage=docker.io/library/x:1\n",
    );
    place.write("in/high/unread.container", GOOD_TEXT);
    place.write("in/low/x.container", GOOD_TEXT);
    place.write("in/low/unread.container", GOOD_TEXT);
    place.link("/nonexistent", "in/high/dangling.container");
    place.write("in/low/dangling.container", GOOD_TEXT);
    place.mode("in/high/unread.container", 0);
    let ended = place.generate_as_nobody();
    assert_eq!(ended.exit, Some(1), "{}", ended.said);
    assert!(place.units().is_empty(), "{:?}", place.units());
}

#[test]
fn whoever_needs_a_broken_definition_says_that_the_other_one_is_broken() {
    let effect = Effect {
        exit: 1,
        says: &[
            "/in/bad.volume:2:1: error[W0102]",
            "/in/one.container:3:8: error[W0302]",
            "/in/two.container:3:9: error[W0302]",
        ],
        units: &[],
    };
    let plant = |place: &Place| {
        place.write("in/bad.volume", "[Volume]\nLabell=x\n");
        place.write(
            "in/one.container",
            format!("{GOOD_TEXT}Volume=bad.volume:/x\n"),
        );
        place.write(
            "in/two.container",
            format!("{GOOD_TEXT}Network=one.container\n"),
        );
    };
    only_itself(plant, &effect);
}
