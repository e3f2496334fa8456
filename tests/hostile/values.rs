//! No value of any key can add an argument, an option that the key does not stand for, or a line.

use std::collections::BTreeMap;

use wharf::schema::{Kind, Read};

use crate::injection::{HARMLESS, subjects};
use crate::place::Place;
use crate::unit::read_unit;

/// What a value may try. It stands behind `Key=` and before the end of the line.
fn nasty() -> Vec<String> {
    let mut values: Vec<String> = [
        // words and quotes
        "a b",
        "'a b'",
        "\"a b\"",
        "\"a\" \"b\"",
        "a\" --privileged \"b",
        "a' --privileged 'b",
        "\" --privileged",
        "' --privileged",
        "\"--privileged\"",
        "\"\" --privileged",
        "\"\"",
        "''",
        "a \"\" --privileged",
        "a\t--privileged",
        // escapes, in and out of quotes
        "\\",
        "a\\",
        "a\\\\",
        "a \\\\",
        "\\\\\\\\",
        "a\\n--privileged",
        "a\\nExecStartPre=/bin/touch /x",
        "a\\x0aExecStartPre=/bin/touch",
        "a\\rExecStartPre=/bin/touch",
        "\\u000aX=1",
        "\\012X=1",
        "\\x20--privileged",
        "\\s--privileged",
        "\\x2d-privileged",
        "\"\\x2d-privileged\"",
        "\\x00",
        "\\x3b /bin/touch /x",
        "\\; /bin/touch /x",
        "\"a\\\"",
        "a\\ --privileged",
        "\\U0010ffff",
        // commands
        ";",
        "; /bin/touch /x",
        "a ; /bin/touch /x",
        "a;/bin/touch /x",
        "| touch /x",
        "$(touch /x)",
        "`touch /x`",
        "&& touch /x",
        "@/bin/touch",
        "-/bin/touch",
        "+/bin/touch",
        "!/bin/touch",
        // options
        "--privileged",
        "-x",
        "--",
        "-",
        "-v /:/host",
        "--privileged=true",
        "-v=/:/host",
        "--volume=/:/host",
        "--pod",
        "\"-x\" y",
        // ends of lines
        "a\rExecStartPre=/bin/touch /x",
        "a\0ExecStartPre=/bin/touch /x",
        "a\r",
        "\ra",
        "a\u{2028}ExecStartPre=/bin/touch /x",
        "a\u{2029}X=1",
        "a\u{85}ExecStartPre=/bin/touch /x",
        "a\u{b}X=1",
        "a\u{c}X=1",
        "a\u{1c}X=1",
        "\u{1b}[31mred",
        "\u{7f}",
        "\u{202e}x",
        "\u{a0}--privileged",
        "\u{feff}--privileged",
        // what means something to systemd, Podman or a file
        "%n",
        "%%",
        "%",
        "$X",
        "${X}",
        "$$",
        "[Service]",
        "[Service",
        "a=b=c",
        "=",
        "=x",
        "#x",
        ";x",
        "a,b=c,--x",
        "a:--privileged",
        ":",
        "::",
        "/:/host",
        ":--privileged",
        "a:",
        ",",
        "type=bind",
        "type=bind,source=/,destination=/host",
        "\"type=bind",
        "..",
        ".",
        "./x",
        "../../x",
        "~/x",
        "/",
        "/a b",
        "/a\\nRequires=evil.service",
        "/a\\\\",
        "nobody.container",
        "nobody.pod:x",
        "http://x --privileged",
        "github.com/x",
        "é\u{301}",
    ]
    .map(str::to_owned)
    .into();
    values.push("x".repeat(5_000));
    values.push("\" ".repeat(1_000));
    values.push("\\".repeat(1_001));
    values
}

#[test]
fn no_value_of_any_key_adds_an_argument_an_option_or_a_line() {
    let values = nasty();
    let mut wrong = BTreeMap::new();
    let mut judged = 0;
    for subject in subjects() {
        let place = Place::in_memory();
        let (suffix, key) = (subject.kind.suffix(), subject.key.name);
        let key = format!("{}.{key}", subject.kind.section());
        let write = |case: &str, value: Option<&str>| {
            place.write(format!("in/{case}.{suffix}"), subject.definition(value));
        };
        place.write("in/harmless.pod", "[Pod]\n");
        write("without", None);
        write("with", Some(subject.harmless()));
        for (v, value) in values.iter().enumerate() {
            write(&format!("value{v}"), Some(value));
        }
        place.generate();
        let units = place.units();
        // Their names differ, and nothing else that the value does not do.
        let unit = |case: &str| {
            let unit = units.get(&format!("{case}{}.service", subject.kind.service_suffix()));
            unit.map(|text| text.replace(&format!("systemd-{case}"), "systemd-case"))
        };
        let with = unit("with").unwrap_or_else(|| panic!("{key} needs a harmless value"));
        let without = unit("without").unwrap_or_default();
        for (v, value) in values.iter().enumerate() {
            let Some(unit) = unit(&format!("value{v}")) else {
                continue;
            };
            judged += 1;
            if let Err(why) = subject.judge(value, &unit, &with, &without) {
                let value: String = value.chars().take(60).collect();
                wrong.insert((key.clone(), value), why);
            }
        }
    }
    assert!(
        judged > 10_000,
        "most values are harmless after all: {judged}"
    );
    let list: Vec<String> = wrong
        .iter()
        .take(30)
        .map(|((key, value), why)| format!("{key}={value:?}: {why:.1500}"))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} in all\n{}",
        wrong.len(),
        list.join("\n")
    );
}

#[test]
fn what_stands_alone_on_a_command_line_never_begins_with_a_dash() {
    // The test above compares; this one says which keys are meant.
    let alone = [
        (Kind::Container, "Image"),
        (Kind::Container, "Rootfs"),
        (Kind::Container, "ContainerName"),
        (Kind::Pod, "PodName"),
        (Kind::Volume, "VolumeName"),
        (Kind::Network, "NetworkName"),
        (Kind::Image, "Image"),
        (Kind::Image, "ImageTag"),
        (Kind::Build, "ImageTag"),
        (Kind::Build, "SetWorkingDirectory"),
        (Kind::Artifact, "Artifact"),
    ];
    for (kind, key) in alone {
        let subject = subjects()
            .find(|s| s.kind == kind && s.key.name == key)
            .unwrap();
        for value in [
            "--privileged",
            "-v",
            "\"--privileged\"",
            "-",
            "\\\n--privileged",
        ] {
            if value.starts_with('"') && subject.key.read == Read::Lines {
                continue; // there the quotes are part of the name, and a name that begins with one is none
            }
            let place = Place::new();
            place.write(
                format!("in/x.{}", kind.suffix()),
                subject.definition(Some(value)),
            );
            let ended = place.generate();
            assert_eq!(ended.exit, Some(1), "{key}={value}: {:?}", place.units());
            assert!(
                ended.said.contains("error[W0208]"),
                "{key}={value}: {}",
                ended.said
            );
            assert!(place.units().is_empty(), "{key}={value}");
        }
    }
}

#[test]
fn a_service_name_names_a_file_of_the_folder_or_nothing() {
    let names = [
        "",
        "\"\"",
        "../x",
        "/etc/x",
        "a/b",
        "a\\x2fb",
        "a b",
        "a\tb",
        "a\u{2028}b",
        "é",
        "a;b",
        "*",
        "..",
        ".",
        "-x",
        "%n",
        "$X",
        "a\\",
        "@",
        "@x",
        "a@",
        "a@b@c",
        ".wharf-unit",
        "a.service",
        "",
    ];
    for value in names
        .into_iter()
        .map(str::to_owned)
        .chain([HARMLESS.repeat(100)])
    {
        let place = Place::with_good_ones();
        place.generate();
        let before = place.units();
        place.clear();
        place.write(
            "in/x.container",
            format!("[Container]\nImage=docker.io/x\nServiceName={value}\n"),
        );
        let ended = place.generate();
        let after = place.units();
        let own: Vec<_> = after.keys().filter(|n| !before.contains_key(*n)).collect();
        assert!(
            own.len() <= 1 && own.iter().all(|n| !n.contains('/')),
            "{value}: {own:?}"
        );
        assert_eq!(
            ended.exit,
            Some(i32::from(own.is_empty())),
            "{value}: {}",
            ended.said
        );
        assert!(
            before
                .iter()
                .all(|(name, text)| after.get(name) == Some(text)),
            "{value}"
        );
        for name in own {
            let stem = name.strip_suffix(".service").unwrap();
            let is_fine = |c: char| c.is_ascii_alphanumeric() || ":-_.\\@".contains(c);
            assert!(!stem.is_empty() && stem.chars().all(is_fine), "{name}");
        }
        assert!(!place.at("x").exists() && !place.at("../x").exists());
    }
}

#[test]
fn a_folder_can_be_named_anything_and_adds_no_line() {
    let folders = [
        "a\nExecStartPre=x",
        "a\n[Service]\nUser=x",
        "a\rExecStartPre=x",
        "a\\",
        "a b",
        "a\"b",
        "a'b",
        "a%nb",
        "a$Xb",
        "a;b",
        "-x",
        "a\u{2028}b",
        "a\u{1b}[31mb",
        "#x",
        "[Service]",
    ];
    let mut wrong = Vec::new();
    for folder in folders {
        let place = Place::new();
        let texts = [
            (
                "a.container",
                "[Container]\nImage=docker.io/x\nEnvironmentFile=./e\nVolume=./v:/v\n\
                             Mount=type=bind,source=./m,destination=/m\n",
            ),
            ("k.kube", "[Kube]\nYaml=k.yaml\nSetWorkingDirectory=yaml\n"),
            ("u.kube", "[Kube]\nYaml=k.yaml\nSetWorkingDirectory=unit\n"),
            (
                "b.build",
                "[Build]\nImageTag=localhost/b\nSetWorkingDirectory=unit\n",
            ),
            (
                "f.build",
                "[Build]\nImageTag=localhost/b\nFile=./F\nSetWorkingDirectory=file\n",
            ),
        ];
        let mut plain = BTreeMap::new();
        for at in ["plain", folder] {
            place.clear();
            for (name, text) in texts {
                place.write(format!("in/{at}/{name}"), text);
            }
            let ended = place.generate();
            std::fs::remove_dir_all(place.at(format!("in/{at}"))).unwrap();
            for (name, text) in place.units() {
                let keys = read_unit(&text).map(|lines| {
                    lines
                        .into_iter()
                        .map(|a| (a.section, a.key))
                        .collect::<Vec<_>>()
                });
                if at == "plain" {
                    plain.insert(name, keys);
                } else if Some(&keys) != plain.get(&name) {
                    wrong.push(format!("{folder:?}: {name}: {:?}\n{text}", keys.err()));
                }
            }
            for line in ended.said.lines() {
                assert!(line.starts_with("wharf-generator["), "{line}");
                assert!(!line.contains(char::is_control), "{line:?}");
            }
        }
        assert_eq!(plain.len(), texts.len());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
