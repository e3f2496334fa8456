//! Bytes that are no text, ends of lines that are none, lines that no editor shows.

use crate::place::{Effect, Ended, Place, only_itself};
use crate::unit::{read_unit, split_commands};

const TEXT: &str = "[Unit]\nDescription=X\n[Container]\nImage=docker.io/library/x:1\nExec=a b\n\
                    [Service]\nEnvironment=A=1\n[Install]\nWantedBy=default.target\n";

/// Makes a unit of one text.
fn unit_of(text: impl AsRef<[u8]>) -> (Ended, Option<String>) {
    let place = Place::new();
    place.write("in/x.container", text);
    let ended = place.generate();
    let root = place.at("").display().to_string();
    let unit = place.units().remove("x.service");
    (ended, unit.map(|u| u.replace(&root, "/")))
}

/// Checks that a text gives the same unit as the good one.
fn same(text: impl AsRef<[u8]>) -> Ended {
    let (ended, unit) = unit_of(text);
    assert_eq!(ended.exit, Some(0), "{}", ended.said);
    assert_eq!(unit, unit_of(TEXT).1, "{}", ended.said);
    ended
}

/// Checks that a text is refused with a code, and harms nothing else.
fn refused(text: impl AsRef<[u8]>, code: &str) {
    let effect = Effect {
        exit: 1,
        says: &["/in/x.container:", code],
        units: &[],
    };
    only_itself(|place| place.write("in/x.container", text), &effect);
}

/// Returns the good text with something in place of a part.
fn with(part: &str, other: &[u8]) -> Vec<u8> {
    let at = TEXT.find(part).unwrap();
    [
        &TEXT.as_bytes()[..at],
        other,
        &TEXT.as_bytes()[at + part.len()..],
    ]
    .concat()
}

#[test]
fn lines_may_end_as_elsewhere() {
    assert_eq!(same(TEXT.replace('\n', "\r\n")).said, "");
    assert_eq!(same(TEXT.replace('\n', "\n\n\r\n")).said, "");
    assert_eq!(same(TEXT.trim_end()).said, "");
}

#[test]
fn a_byte_order_mark_is_skipped_with_a_warning() {
    let ended = same(format!("\u{feff}{TEXT}"));
    assert!(
        ended.said.contains("/in/x.container:1:1: warning[W0006]"),
        "{}",
        ended.said
    );
}

#[test]
fn comments_may_hold_anything() {
    let begin =
        b"# \xff\xfe\0 \rExecStartPre=/bin/touch \\\n; [Service]\rUser=x \x1b[31m \\\n".to_vec();
    same([&begin, TEXT.as_bytes()].concat());
    let within = with("Exec=a b", b"Exec=a \\\n# \xff \0 \r \\\n  b");
    let (ended, unit) = unit_of(within);
    assert_eq!(ended.exit, Some(0), "{}", ended.said);
    let unit = unit.unwrap();
    assert!(unit.contains("docker.io/library/x:1 a b\n"), "{unit}");
}

#[test]
fn a_cr_within_a_line_is_an_error_wherever_it_stands() {
    for (part, other) in [
        ("Exec=a b", "Exec=a\rb"),
        ("A=1", "A=1\rExecStartPre=/bin/touch /x"),
        ("Description=X", "Description=X\r\r\r[Service]"),
        ("default.target", "default.target\rAlso=x"),
        ("Environment=A", "Environ\rment=A"),
        ("[Service]\n", "[Service]\rExecStartPre=/bin/touch /x\n"),
        ("Exec=a b", "Exec=a\\\n\rb"),
        ("Exec=a b", "Exec=a\r\\\nb"),
        ("[Service]", "[X-Mine]\nA=1\rExecStartPre=x\n[Service]"),
    ] {
        let text = with(part, other.as_bytes());
        let (ended, unit) = unit_of(&text);
        match unit {
            // White space around lines is cut, and this may be all there is.
            Some(unit) if ended.exit == Some(0) => assert!(!unit.contains('\r'), "{unit:?}"),
            _ => refused(text, "error[W000"),
        }
    }
    refused(
        with("A=1", b"A=1\rExecStartPre=/bin/touch /x"),
        "x.container:7:16: error[W0004]",
    );
}

#[test]
fn a_nul_is_an_error_wherever_it_stands() {
    for (part, other) in [
        ("Exec=a b", "Exec=a\0b"),
        ("A=1", "A=1\0ExecStartPre=/bin/touch /x"),
        ("Description=X", "Description=X\0"),
        ("Environment=A", "Environ\0ment=A"),
        ("[Service]", "[Ser\0vice]"),
        ("[Unit]", "\0[Unit]"),
    ] {
        refused(with(part, other.as_bytes()), "error[W000");
    }
    refused("\0".repeat(100_000), "error[W000");
}

#[test]
fn what_is_not_utf8_is_an_error_but_for_what_only_people_read() {
    refused(
        with("Exec=a b", b"Exec=a \xff b"),
        "x.container:5:8: error[W0005]",
    );
    refused(with("A=1", b"A=\xe4"), "x.container:7:15: error[W0005]");
    refused(with("Exec=", b"Ex\xffec="), "error[W0");
    let (ended, unit) = unit_of(with("Description=X", b"Description=Caf\xe9"));
    assert_eq!(ended.exit, Some(0), "{}", ended.said);
    assert!(
        ended.said.contains("x.container:2:16: warning[W0005]"),
        "{}",
        ended.said
    );
    assert!(unit.unwrap().contains("Description=Caf\u{fffd}\n"));
    // All the bytes there are, as if somebody had given a picture the name.
    let picture: Vec<u8> = (0..=255).cycle().take(100_000).collect();
    refused(picture, "error[W000");
}

#[test]
fn decoded_line_ends_stay_within_their_word() {
    let (ended, unit) = unit_of(with(
        "Exec=a b",
        b"Exec=a\\nExecStartPre=x\\rb \\t\\x7f\\v \"c\\x0ad\"",
    ));
    assert_eq!(ended.exit, Some(0), "{}", ended.said);
    let unit = read_unit(&unit.unwrap()).unwrap();
    let start = unit
        .iter()
        .find(|a| a.section == "Service" && a.key == "ExecStart")
        .unwrap();
    let words = split_commands(&start.value).unwrap().remove(0);
    let want = [
        "docker.io/library/x:1",
        "a\nExecStartPre=x\rb",
        "\t\x7f\x0b",
        "c\nd",
    ];
    assert_eq!(words[words.len() - 4..], want);
}

#[test]
fn a_value_that_ends_with_a_backslash_swallows_no_line_of_the_unit() {
    // Two backslashes at the end of the file: one continues the line, with nothing, and one stays.
    for section in [
        "Unit",
        "Service",
        "Install",
        "Container",
        "X-Mine",
        "Quadlet",
    ] {
        let key = if section == "Container" {
            "Exec"
        } else {
            "Documentation"
        };
        let key = if section == "Quadlet" {
            "DefaultDependencies"
        } else {
            key
        };
        for end in [
            "\\\\",
            "\\\\\n",
            "\\\\\n\n# x\n",
            "\\\\\n\\\n\\",
            "\\\\\\\\\\\n",
        ] {
            let text = format!("{TEXT}[{section}]\n{key}=a {end}");
            let (ended, unit) = unit_of(&text);
            let Some(unit) = unit else {
                assert_eq!(ended.exit, Some(1), "{text}");
                continue;
            };
            let keys = |text: &str| -> Vec<(String, String)> {
                let lines = read_unit(text).unwrap_or_else(|why| panic!("{why}\n{text}"));
                lines.into_iter().map(|a| (a.section, a.key)).collect()
            };
            let harmless = unit_of(format!("{TEXT}[{section}]\n{key}=a")).1.unwrap();
            assert_eq!(keys(&unit), keys(&harmless), "{text:?}\n{unit}");
        }
    }
}

#[test]
fn a_key_may_be_broken_over_lines() {
    for (part, other) in [
        ("Environment=A=1", "Env\\\nironment=A=1"),
        ("Environment=A=1", "Env\\ \n  ironment=A=1"),
        ("Environment=A=1", "\\\nEnvironment\\\n=A=1"),
        ("Environment=A=1", "Env\\\n# comment\n\nironment=A=1"),
        ("Image=", "Im\\\nage="),
        ("Description=X", "Descr\\\n\\\niption=X"),
        ("WantedBy=", "Wanted\\ \nBy="),
    ] {
        let (ended, unit) = unit_of(with(part, other.as_bytes()));
        assert_eq!(ended.exit, Some(0), "{other:?}: {}", ended.said);
        assert_eq!(unit, unit_of(TEXT).1, "{other:?}");
    }
    let (_, unit) = unit_of(format!(
        "{TEXT}[X-Mine]\nX\\ \n[Service]YZ=x\nA\\ \nExecStartPreXYZ=x\n"
    ));
    if let Some(unit) = unit {
        let read = read_unit(&unit).unwrap_or_else(|why| panic!("{why}\n{unit}"));
        let mine: Vec<_> = read
            .iter()
            .filter(|a| a.section == "X-Mine")
            .map(|a| a.key.as_str())
            .collect();
        assert_eq!(mine, ["X[Service]YZ", "AExecStartPreXYZ"], "{unit}");
    }
}

#[test]
fn a_header_may_be_broken_over_lines() {
    for (part, other) in [
        ("[Service]", "[Ser\\\nvice]"),
        ("[Service]", "\\\n[Service]"),
        ("[Service]", "\\ \n\\\n  [\\ \nService]"),
        ("[Install]", "[\\\n# comment\n\nInstall]"),
        ("[Container]", "[Contain\\\ner]"),
    ] {
        let (ended, unit) = unit_of(with(part, other.as_bytes()));
        assert_eq!(ended.exit, Some(0), "{other:?}: {}", ended.said);
        assert_eq!(unit, unit_of(TEXT).1, "{other:?}");
    }
    let (_, unit) = unit_of(format!("{TEXT}\\\n[X-Mine]\nA=1\n[X-\\ \nYours]\nB=1\n"));
    if let Some(unit) = unit {
        let read = read_unit(&unit).unwrap_or_else(|why| panic!("{why}\n{unit}"));
        let of = |key| {
            read.iter()
                .find(|a| a.key == key)
                .map(|a| a.section.as_str())
        };
        assert_eq!(
            (of("A"), of("B")),
            (Some("X-Mine"), Some("X-Yours")),
            "{unit}"
        );
    }
}

#[test]
fn a_lone_backslash_is_no_word() {
    for key in [
        "Exec",
        "PodmanArgs",
        "GlobalArgs",
        "Secret",
        "Environment",
        "DropCapability",
    ] {
        let unit = unit_of(format!("{TEXT}[Container]\n{key}=a \\\\\n"))
            .1
            .unwrap();
        let read = read_unit(&unit).unwrap();
        for line in read
            .iter()
            .filter(|a| a.section == "Service" && a.key.starts_with("Exec"))
        {
            let words = split_commands(&line.value).unwrap().remove(0);
            // Where a backslash is a letter, it is a word like any other.
            assert!(!words.iter().any(String::is_empty), "{key}: {words:?}");
        }
    }
}

#[test]
fn a_key_that_looks_like_a_header_makes_no_unit_that_systemd_refuses() {
    for line in ["[a]=b", "[Service=x", "[a]=[b]", "[Service]=]"] {
        for section in ["Unit", "Service", "Install", "X-Mine"] {
            let text = format!("{TEXT}[{section}]\n{line}\n");
            let (ended, unit) = unit_of(&text);
            let Some(unit) = unit else {
                assert_eq!(ended.exit, Some(1), "{text}");
                continue;
            };
            let read = read_unit(&unit).unwrap_or_else(|why| panic!("{line}: {why}\n{unit}"));
            let known = ["Unit", "Service", "Install", "X-Container", "X-Mine"];
            let unknown = read.iter().find(|a| !known.contains(&a.section.as_str()));
            assert_eq!(unknown, None, "{line}\n{unit}");
        }
    }
}

#[test]
fn a_line_of_ten_megabytes_is_an_error_or_nothing() {
    let long = "x".repeat(10_000_000);
    for line in [
        format!("Exec={long}"),
        format!("Label={long}=1"),
        format!("Volume={long}:/x"),
        format!("{long}=1"),
        long.clone(),
        format!("[{long}]\nA=1"),
        format!("[X-{long}]\nA=1"),
        format!("[{long}"),
        format!("[Service]\nEnvironment={long}"),
        format!("[X-Mine]\nA={long}"),
        format!("[Unit]\n{long}=1"),
        format!("Exec=\"{}\"", "\\x20".repeat(2_500_000)),
        format!("Exec={}", "\"".repeat(10_000_000)),
        format!("Exec={}", "' ' ".repeat(2_500_000)),
        format!("AddHost={}", "a\\\n".repeat(1_200_000)),
    ] {
        let head: String = line.chars().take(30).collect();
        let (ended, unit) = unit_of(format!("{TEXT}[Container]\n{line}\n"));
        assert_eq!((ended.exit, unit), (Some(1), None), "{head}");
        assert!(ended.said.contains("error[W0"), "{head}");
        let longest = ended.said.lines().map(str::len).max().unwrap();
        assert!(longest < 10_000, "{head}: a message of {longest} bytes");
    }
    same(format!(
        "# {long}\n;{long}\n{}\n{TEXT}",
        " ".repeat(10_000_000)
    ));
}

#[test]
fn many_short_lines_make_no_line_that_systemd_does_not_read() {
    for lines in [
        (0..60_000).fold(String::new(), |text, i| {
            text + &format!("Environment=NAME{i}=value\n")
        }),
        "PodmanArgs=--x\n".repeat(200_000),
        "Volume=/a:/b\n".repeat(100_000),
        // it fits as it stands, but not with blanks written as escapes
        format!("HealthCmd={}\n", "a b".repeat(300_000)),
        format!("HealthCmd={}x\n", " \" ".repeat(300_000)),
        // each line fits alone, and two of them do not
        format!("HealthCmd={0}\nHealthStartupCmd={0}\n", "x".repeat(600_000)),
    ] {
        let (ended, unit) = unit_of(format!("[Container]\nImage=docker.io/x\n{lines}"));
        match unit {
            None => assert_eq!(ended.exit, Some(1), "{:.300}", ended.said),
            Some(unit) => assert_eq!(read_unit(&unit).err(), None, "{lines:.50}"),
        }
    }
}

#[test]
fn messages_send_nothing_to_a_terminal() {
    let effect = Effect {
        exit: 1,
        says: &["\\u{1b}[31m"],
        units: &[],
    };
    let plant = |place: &Place| {
        place.write(
            "in/x.container",
            "[Container]\n\u{1b}[31mImage=x\n\u{202e}Volume=x\n",
        );
        place.write(
            "in/y.container",
            "[Container]\nImage=docker.io/x\nVolume=\u{1b}[31m.volume:/x\n",
        );
        place.write("in/\u{1b}[31m/z.container", "[Container]\n");
    };
    only_itself(plant, &effect);
}

#[test]
fn every_problem_of_every_file_is_found_in_one_run() {
    let place = Place::new();
    place.write(
        "in/a.container",
        "x\n[Container]\nImagee=1\nY=1\nVolume=no.volume:/x\nPod=x\n[\n",
    );
    place.write("in/b.volume", "[Volume]\nType=x\nUser=joe\n");
    place.write(
        "in/c.container",
        "[Container]\nImage=docker.io/x\nGroup=x\n[Service]\nType=simple\n",
    );
    let ended = place.generate();
    assert_eq!(ended.exit, Some(1));
    for problem in [
        "a.container:1:1: error[W0001]",
        "a.container:3:1: error[W0102]",
        "a.container:4:1: error[W0102]",
        "a.container:5:8: error[W0301]",
        "a.container:6:5: error[W0223]",
        "a.container:7:1: error[W0002]",
        "b.volume:2:6: error[W0406]",
        "b.volume:3:6: error[W0205]",
        "c.container:3:7: error[W0402]",
        "c.container:5:6: error[W0213]",
    ] {
        assert!(
            ended.said.contains(problem),
            "{problem} is not in:\n{}",
            ended.said
        );
    }
    let places: Vec<&str> = ended
        .said
        .lines()
        .filter_map(|l| l.split(": ").nth(1))
        .collect();
    assert!(places.is_sorted(), "not in file order: {places:#?}");
}
