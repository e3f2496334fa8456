//! The same in Wharf's own folders, where a broken definition has a service that stands in for it, and
//! units go into a folder that belongs to others too.

use std::ffi::OsString;
use std::fs;

use crate::place::{Ended, Place, run, tree};
use crate::unit::{read_unit, split_commands};

const IMAGE: &str = "[Container]\nImage=docker.io/library/x:1\n";

/// Runs the generator as a user's manager does, all of whose folders are in the place.
fn generate(place: &Place) -> Ended {
    place.folder("run/systemd/generator");
    let mut words = place.words();
    words.pop();
    words.extend([
        OsString::from("--user"),
        place.at("run/systemd/generator").into(),
    ]);
    let variables = [
        ("XDG_RUNTIME_DIR", place.at("run").into()),
        ("XDG_CONFIG_HOME", place.at("config").into()),
    ];
    run(&words, &variables, &place.at("said"))
}

fn units(place: &Place) -> std::collections::BTreeMap<String, String> {
    tree(&place.at("run/systemd/user"))
}

/// The message of a stand-in.
fn message(unit: &str) -> String {
    let lines = read_unit(unit).unwrap_or_else(|why| panic!("{why}\n{unit}"));
    let start: Vec<_> = lines.iter().filter(|a| a.key == "ExecStart").collect();
    assert_eq!(start.len(), 1, "{unit}");
    let mut commands = split_commands(&start[0].value).unwrap();
    assert_eq!(commands.len(), 1, "{unit}");
    let words = commands.remove(0);
    assert_eq!((words.len(), words[1].as_str()), (3, "--broken"), "{unit}");
    words[2].clone()
}

#[test]
fn what_a_definition_says_stays_within_the_message_of_its_stand_in() {
    for text in [
        "[Container]\nImagee\\x0a=\"';$X${X}%n%%`\\\n",
        "[Container]\nImage=x\nVolume=\"'\\;$HOME%n.volume:/x\n",
        "[Container]\nImage=x\nExecStartPre=/bin/touch /x\n",
        "[Container]\nImage=-x ; /bin/touch /x\n",
        "[Container]\nImage=x\nPod=a\\nExecStartPre=/bin/touch /x\n",
        "[Container]\nImage=x\nExec=a\rExecStartPre=/bin/touch /x\n",
        "[Container]\nImage=x\u{2028}\u{202e}\u{1b}[31m\nGroup=\u{7f}\u{85}\n",
        "[Container]\nImage=x\nGroup=a\\\\\n",
        "[\n",
        "\0",
    ] {
        let place = Place::new();
        place.write("config/containers/x.container", text);
        place.write("config/containers/good.container", IMAGE);
        let ended = generate(&place);
        assert_eq!(ended.exit, Some(1), "{text:?}: {}", ended.said);
        let units = units(&place);
        assert_eq!(units.len(), 2, "{text:?}: {units:?}");
        let unit = &units["x.service"];
        let said = message(unit);
        assert!(
            said.contains("/config/containers/x.container:"),
            "{text:?}: {said}"
        );
        assert!(!said.contains(char::is_control), "{text:?}: {said:?}");
        let lone = |c: char| said.replace(&format!("{c}{c}"), "").contains(c);
        assert!(
            !lone('%') && !lone('$'),
            "{text:?}: systemd would expand {said:?}"
        );
        assert!(!unit.contains("\nExecStartPre="), "{text:?}: {unit}");
    }
}

#[test]
fn a_broken_install_section_adds_no_line_to_the_stand_in() {
    for line in [
        "WantedBy=a.target\r[Service]\rExecStartPre=/bin/touch /x",
        "WantedBy=a.target\0[Service]\0ExecStartPre=/bin/touch /x",
        "Alias=\\\n\r[Service]\\\n\rExecStartPre=/bin/touch /x",
        "[Service]=]\nExecStartPre=/bin/touch /x",
        "WantedBy=a.target\\\\",
        "A\rlias=x",
    ] {
        let place = Place::new();
        place.write(
            "config/containers/x.container",
            format!("broken\n{IMAGE}[Install]\n{line}"),
        );
        assert_eq!(generate(&place).exit, Some(1));
        let unit = &units(&place)["x.service"];
        let read = read_unit(unit).unwrap_or_else(|why| panic!("{line:?}: {why}\n{unit}"));
        assert!(!unit.contains(['\r', '\0']), "{line:?}: {unit:?}");
        let is_ours = |key: &str| key != "ExecStartPre";
        assert!(
            read.iter()
                .all(|a| is_ours(&a.key) || a.section == "Install"),
            "{line:?}: {unit}"
        );
        let known = ["Unit", "Service", "Install"];
        assert!(
            read.iter().all(|a| known.contains(&a.section.as_str())),
            "{line:?}: {unit}"
        );
    }
}

#[test]
fn a_broken_definition_harms_only_itself() {
    let place = Place::new();
    place.write(
        "config/containers/good.container",
        format!("{IMAGE}Volume=v.volume:/v\n"),
    );
    place.write("config/containers/v.volume", "[Volume]\n");
    assert_eq!(generate(&place).exit, Some(0));
    let before = units(&place);
    place.write("config/containers/bad.volume", "[Volume]\nx\n");
    place.write(
        "config/containers/needs.container",
        format!("{IMAGE}Volume=bad.volume:/v\n"),
    );
    place.write("config/containers/a b.container", IMAGE);
    place.write(
        "config/containers/slash.container",
        format!("{IMAGE}ServiceName=a/b\n"),
    );
    place.link("/dev/zero", "config/containers/zero.container");
    place.link("/nonexistent", "config/containers/dangling.container");
    let ended = generate(&place);
    assert_eq!(ended.exit, Some(1), "{}", ended.said);
    let after = units(&place);
    assert!(
        before
            .iter()
            .all(|(name, text)| after.get(name) == Some(text))
    );
    let own: Vec<_> = after.keys().filter(|n| !before.contains_key(*n)).collect();
    assert_eq!(
        own,
        ["bad-volume.service", "dangling.service", "needs.service"]
    );
    assert!(message(&after["needs.service"]).contains("bad.volume"));
}

#[test]
fn two_definitions_of_one_service_leave_the_first_as_it_is() {
    let place = Place::new();
    place.write("config/containers/a.container", IMAGE);
    assert_eq!(generate(&place).exit, Some(0));
    let before = units(&place);
    place.write(
        "config/containers/b.container",
        format!("{IMAGE}ServiceName=a\n"),
    );
    place.write("config/containers/a.kube", "[Kube]\nYaml=/k.yaml\n");
    let ended = generate(&place);
    assert_eq!(ended.exit, Some(1), "{}", ended.said);
    assert_eq!(
        ended.said.matches("error[W0307]").count(),
        2,
        "{}",
        ended.said
    );
    assert_eq!(units(&place), before);
}

#[test]
fn units_of_others_are_not_touched_whatever_they_are() {
    let place = Place::new();
    let taken = [
        "link", "file", "folder", "pipe", "dangling", "empty", "free",
    ];
    for name in taken {
        place.write(format!("config/containers/{name}.container"), IMAGE);
    }
    place.write("victim", "# Generated by Wharf from /x\nmine");
    place.link("../../../victim", "run/systemd/user/link.service");
    place.link("/nonexistent", "run/systemd/user/dangling.service");
    place.write(
        "run/systemd/user/file.service",
        "[Service]\nExecStart=mine\n",
    );
    place.write("run/systemd/user/empty.service", "");
    place.folder("run/systemd/user/folder.service");
    let pipe = place.at("run/systemd/user/pipe.service");
    let mode = rustix::fs::Mode::from_raw_mode(0o644);
    rustix::fs::mknodat(rustix::fs::CWD, pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    // Stale by its first line, but it is a link, or there is another line before it.
    place.link("../../../victim", "run/systemd/user/stale.service");
    place.write(
        "run/systemd/user/other.service",
        "\n# Generated by Wharf from /x\n",
    );
    let ended = generate(&place);
    assert_eq!(ended.exit, Some(1), "{}", ended.said);
    assert_eq!(
        ended.said.matches("error[W0912]").count(),
        taken.len() - 1,
        "{}",
        ended.said
    );
    assert!(
        fs::read_to_string(place.at("victim"))
            .unwrap()
            .ends_with("mine")
    );
    for name in ["link", "dangling", "stale"] {
        let path = place.at(format!("run/systemd/user/{name}.service"));
        assert!(fs::symlink_metadata(path).unwrap().is_symlink(), "{name}");
    }
    let text =
        |name: &str| fs::read_to_string(place.at(format!("run/systemd/user/{name}.service")));
    assert_eq!(text("file").unwrap(), "[Service]\nExecStart=mine\n");
    assert_eq!(text("empty").unwrap(), "");
    assert!(text("other").unwrap().starts_with("\n#"));
    assert!(
        text("free")
            .unwrap()
            .starts_with("# Generated by Wharf from ")
    );
}

#[test]
fn a_runtime_folder_that_is_a_link_is_not_followed() {
    let place = Place::new();
    place.write("config/containers/x.container", IMAGE);
    place.write("elsewhere/old.service", "# Generated by Wharf from /gone\n");
    place.link("../../elsewhere", "run/systemd/user");
    let ended = generate(&place);
    assert_eq!(ended.exit, Some(0), "{}", ended.said);
    assert!(ended.said.contains("warning[W0911]"), "{}", ended.said);
    assert_eq!(
        tree(&place.at("elsewhere")).len(),
        1,
        "written or removed through a link"
    );
    assert!(place.at("run/systemd/generator/x.service").exists());
}

#[test]
fn what_cannot_be_read_is_not_taken_for_gone() {
    if rustix::process::geteuid().is_root() {
        // Root reads everything, so a link in a circle has to stand for what cannot be read.
        let place = Place::new();
        place.write("config/containers/apps/x/x.container", IMAGE);
        assert_eq!(generate(&place).exit, Some(0));
        let before = units(&place);
        assert_eq!(before.len(), 1);
        fs::remove_dir_all(place.at("config/containers")).unwrap();
        place.link("containers", "config/containers");
        let ended = generate(&place);
        assert_eq!(ended.exit, Some(1), "{}", ended.said);
        assert_eq!(units(&place), before);
        return;
    }
    let place = Place::new();
    place.write("config/containers/apps/x/x.container", IMAGE);
    place.write("config/containers/y.container", IMAGE);
    assert_eq!(generate(&place).exit, Some(0));
    let before = units(&place);
    for folder in [
        "config/containers/apps/x",
        "config/containers/apps",
        "config/containers",
        "config",
    ] {
        place.mode(folder, 0);
        let ended = generate(&place);
        place.mode(folder, 0o755);
        assert_eq!(ended.exit, Some(1), "{folder}: {}", ended.said);
        assert_eq!(units(&place), before, "{folder}");
    }
}

#[test]
fn podmans_own_files_and_what_is_hidden_are_never_opened() {
    let place = Place::new();
    for name in [
        "systemd-not/x.container",
        ".hidden.container",
        "storage/x.container",
        "apps/.x/x.container",
    ] {
        place.write(format!("config/containers/{name}"), "broken");
    }
    place.write("config/containers/storage.conf", "broken");
    place.write("config/containers/x.toml", "broken");
    place.link("/dev/zero", "config/containers/policy.json");
    let ended = generate(&place);
    assert_eq!((ended.exit, ended.said.as_str()), (Some(0), ""));
    assert!(units(&place).is_empty());
}
