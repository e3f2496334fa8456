//! Time and memory grow with the input, not with its square.
//!
//! Each case is made in two sizes, the second four times the first. Four times the input may cost eight
//! times as much, and what is too little to be measured counts as the least that can be. A square would
//! cost sixteen times.

use std::fmt::Write as _;
use std::time::Duration;

use crate::place::{Ended, Place};

const TIMES: usize = 4;
const MAY_COST: u32 = 8;
/// Less than this is noise.
const LEAST_TIME: Duration = Duration::from_millis(60);
/// Less than this is the program itself, kB.
const LEAST_MEMORY: u64 = 6_000;

const IMAGE: &str = "[Container]\nImage=docker.io/library/x:1\n";

/// Makes a case in both sizes; `check` sees how each has ended.
fn linear(size: usize, make: impl Fn(&Place, usize), check: impl Fn(&Place, &Ended)) {
    let cost = |size| {
        let place = Place::in_memory();
        make(&place, size);
        let ended = place.generate();
        check(&place, &ended);
        ended
    };
    let (small, large) = (cost(size), cost(size * TIMES));
    let time = (small.time.max(LEAST_TIME), large.time);
    assert!(
        time.1 <= time.0 * MAY_COST,
        "time is not linear: {:?}, then {:?}",
        time.0,
        time.1
    );
    let memory = (small.memory.max(LEAST_MEMORY), large.memory);
    assert!(
        memory.1 <= memory.0 * u64::from(MAY_COST),
        "memory is not linear: {} kB, then {} kB",
        memory.0,
        memory.1
    );
}

/// Checks that a run had no error.
fn is_good(_: &Place, ended: &Ended) {
    assert_eq!(ended.exit, Some(0), "{:.2000}", ended.said);
}

/// Checks that a run had errors and has made nothing.
fn is_refused(place: &Place, ended: &Ended) {
    assert_eq!(ended.exit, Some(1), "{:.2000}", ended.said);
    assert!(place.units().is_empty());
}

/// Returns text with lines that differ by their number.
fn lines(size: usize, line: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    for i in 0..size {
        writeln!(text, "{}", line(i)).unwrap();
    }
    text
}

/// Returns a case of one container with these lines behind `[Container]`.
fn container(line: impl Fn(usize) -> String) -> impl Fn(&Place, usize) {
    move |place, size| place.write("in/x.container", format!("{IMAGE}{}", lines(size, &line)))
}

#[test]
fn a_file_of_a_hundred_megabytes() {
    let comment =
        "# the quick brown fox jumps over the lazy dog and all that, 80 bytes in all ....\n";
    let make = |place: &Place, size: usize| {
        place.write("in/x.container", format!("{}{IMAGE}", comment.repeat(size)));
    };
    linear(320_000, make, |place, ended| {
        is_good(place, ended);
        assert!(place.units()["x.service"].len() < 2_000);
    });
}

#[test]
fn a_million_keys() {
    linear(
        250_000,
        container(|i| format!("Label=a{}=1", i % 1_000)),
        is_good,
    );
    linear(50_000, container(|_| "Annotation=".into()), is_good);
    linear(50_000, container(|i| format!("Memory={i}")), is_good);
}

#[test]
fn a_million_keys_of_other_sections() {
    let make = |place: &Place, size: usize| {
        let mine = lines(size, |i| format!("A{i}={i}"));
        place.write("in/x.container", format!("{IMAGE}[X-Mine]\n{mine}"));
    };
    linear(250_000, make, is_good);
    for line in [
        "Type=notify",
        "Type=oneshot\nNotifyAccess=all",
        "Environment=A=1",
        "KillMode=mixed",
    ] {
        let make = |place: &Place, size: usize| {
            let service = lines(size, |_| line.to_owned());
            place.write("in/x.container", format!("{IMAGE}[Service]\n{service}"));
        };
        linear(5_000, make, is_good);
    }
    for line in [
        "After=a.target b.target",
        "Wants=x.container",
        "SourcePath=/x",
    ] {
        let make = |place: &Place, size: usize| {
            let unit = lines(size, |_| line.to_owned());
            place.write("in/x.container", format!("{IMAGE}[Unit]\n{unit}"));
        };
        // systemd reads no line longer than a megabyte, so many words may be refused.
        linear(10_000, make, |_, ended| {
            assert!(ended.exit.is_some_and(|e| e < 2));
        });
    }
}

#[test]
fn a_million_unknown_keys() {
    linear(1_500, container(|i| format!("Imgae{i}=x")), is_refused);
    linear(
        50_000,
        container(|i| format!("no assignment {i}")),
        is_refused,
    );
}

#[test]
fn a_mistake_costs_little_more_than_a_line() {
    // A file that is no definition at all may have a million lines. systemd waits 90 seconds for all
    // generators together, and then there are no units.
    let cost = |line: &str| {
        let place = Place::in_memory();
        place.write(
            "in/x.container",
            format!(
                "{IMAGE}{}",
                lines(20_000, |i| line.replace('N', &i.to_string()))
            ),
        );
        place.generate().time
    };
    let good = cost("PodmanArgs=N").max(LEAST_TIME);
    for mistake in [
        "ImgaeN=x",
        "Label",
        "Volume=N.volume:/x",
        "Exce=\\q",
        "Memory N",
        "ExposeHostPort=xN",
    ] {
        let bad = cost(mistake);
        assert!(
            bad < good * 40,
            "{mistake}: {bad:?}, and {good:?} for good lines"
        );
    }
}

#[test]
fn many_sections() {
    linear(10_000, container(|i| format!("[Section{i}]\nA=1")), is_good);
    linear(
        10_000,
        container(|i| format!("[X-{i}]\nA=1\n[Service]\nEnvironment=A={i}")),
        is_good,
    );
    linear(
        10_000,
        container(|i| format!("[X-{}]\nA={i}\n[Container]", i % 2)),
        is_good,
    );
}

#[test]
fn a_million_continuation_lines() {
    let ends = |place: &Place, ended: &Ended| {
        assert!(ended.exit.is_some_and(|e| e < 2), "{:.2000}", ended.said);
        assert_eq!(
            ended.exit == Some(0),
            place.units().contains_key("x.service")
        );
    };
    let joined = |middle: &'static str| {
        move |place: &Place, size: usize| {
            place.write(
                "in/x.container",
                format!("{IMAGE}Exec=a \\\n{}", middle.repeat(size)),
            );
        }
    };
    linear(250_000, joined("\\\n"), ends);
    linear(100_000, joined("b \\\n"), ends);
    linear(100_000, joined("b\\\n"), ends);
    linear(100_000, joined("# no\n"), ends);
    linear(100_000, joined("[Service]\\\n"), ends);
    linear(100_000, joined("\"\\\n"), ends);
}

#[test]
fn words_of_every_sort() {
    let ends = |_: &Place, ended: &Ended| assert!(ended.exit.is_some_and(|e| e < 2));
    for word in [
        "a ", "\"\" ", "\\x20", "\"a\"", "'", "\"a b\" ", "a\\\\", "\\q ", "a=b ", "=", "é ",
    ] {
        for key in [
            "Exec",
            "DropCapability",
            "Environment",
            "PodmanArgs",
            "Mount",
            "HealthCmd",
        ] {
            // Shorter than a megabyte, which is the most that systemd reads.
            let make = |place: &Place, size: usize| {
                place.write(
                    "in/x.container",
                    format!("{IMAGE}{key}={}\n", word.repeat(size)),
                );
            };
            linear(30_000, make, ends);
        }
    }
}

#[test]
fn ten_thousand_dropins() {
    let make = |place: &Place, size: usize| {
        place.write("in/x.container", IMAGE);
        for i in 0..size {
            place.write(
                format!("in/x.container.d/{i:05}.conf"),
                "[Container]\nDNS=1.1.1.1\n",
            );
        }
    };
    linear(2_500, make, |place, ended| {
        is_good(place, ended);
        let unit = &place.units()["x.service"];
        assert_eq!(
            unit.matches("\nDNS=1.1.1.1").count(),
            unit.matches("--dns ").count()
        );
        assert!(unit.matches("--dns ").count() >= 2_500);
    });
    let make = |place: &Place, size: usize| {
        for i in 0..size {
            place.write(format!("in/x{i}.container"), IMAGE);
            place.write(
                format!("in/x{i}.container.d/1.conf"),
                "[Container]\nDNS=1.1.1.1\n",
            );
        }
    };
    linear(1_000, make, is_good);
}

#[test]
fn names_with_many_dashes() {
    let make = |place: &Place, size: usize| {
        for i in 0..size {
            let name = format!("{}{i:04}", "a-".repeat(110));
            place.write(format!("in/{name}.container"), IMAGE);
        }
        place.write("in/a-.container.d/1.conf", "[Container]\nDNS=1.1.1.1\n");
    };
    linear(250, make, is_good);
}

/// Writes containers each of which uses the network of the next one; the last one that of `last`.
fn chain(place: &Place, size: usize, last: &str) {
    for i in 0..size {
        let next = if i + 1 < size {
            format!("c{:05}.container", i + 1)
        } else {
            last.to_owned()
        };
        let name = format!("in/c{i:05}.container");
        place.write(
            name,
            format!("{IMAGE}ContainerName=c{i:05}\nNetwork={next}\n"),
        );
    }
}

#[test]
fn ten_thousand_definitions_in_a_chain() {
    linear(
        2_500,
        |place, size| chain(place, size, "host"),
        |place, ended| {
            is_good(place, ended);
            assert!(place.units()["c00000.service"].contains("\nRequires=c00001.service\n"));
        },
    );
}

#[test]
fn ten_thousand_definitions_that_wait_for_a_broken_one() {
    linear(
        2_500,
        |place, size| chain(place, size, "nobody.network"),
        is_refused,
    );
}

#[test]
fn ten_thousand_definitions_in_a_circle() {
    linear(
        2_500,
        |place, size| chain(place, size, "c00000.container"),
        |place, ended| {
            is_refused(place, ended);
            assert!(ended.said.contains("error[W0304]"));
        },
    );
}

#[test]
fn definitions_that_all_need_each_other() {
    // The references grow with the square of the definitions here, so twice the definitions are four
    // times the input.
    let make = |place: &Place, size: usize| {
        let count = size.isqrt();
        for i in 0..count {
            let needs = lines(count, |j| format!("Network=c{j}.container"));
            place.write(
                format!("in/c{i}.container"),
                format!("{IMAGE}ContainerName=c\n{needs}"),
            );
        }
    };
    linear(10_000, make, is_refused);
    let make = |place: &Place, size: usize| {
        let count = size.isqrt();
        for i in 0..count {
            let needs = lines(count - i - 1, |j| {
                format!("Network=c{}.container", i + j + 1)
            });
            place.write(
                format!("in/c{i}.container"),
                format!("{IMAGE}ContainerName=c\n{needs}"),
            );
        }
    };
    linear(10_000, make, is_good);
}

#[test]
fn references_to_nothing() {
    // A wrong name is compared with all that there are, to say which one was meant.
    let make = |place: &Place, size: usize| {
        for i in 0..size {
            let text = format!("{IMAGE}Volume=nothing{i:05}.volume:/x\n");
            place.write(format!("in/container{i:05}.container"), text);
        }
    };
    linear(1_000, make, is_refused);
    linear(
        20_000,
        container(|i| format!("Volume=nothing{i}.volume:/x")),
        is_refused,
    );
}

#[test]
fn a_pod_of_many() {
    let make = |place: &Place, size: usize| {
        place.write("in/p.pod", "[Pod]\n");
        for i in 0..size {
            place.write(
                format!("in/c{i:05}.container"),
                format!("{IMAGE}Pod=p.pod\n"),
            );
        }
    };
    linear(1_000, make, |place, ended| {
        is_good(place, ended);
        assert!(place.units()["p-pod.service"].contains("\nBefore=c00999.service\n"));
    });
}

#[test]
fn many_files_of_one_name_or_one_service() {
    let make = |place: &Place, size: usize| {
        for i in 0..size {
            place.write(format!("in/d{i}/x.container"), IMAGE);
        }
    };
    linear(1_000, make, is_good);
    let make = |place: &Place, size: usize| {
        for i in 0..size {
            place.write(
                format!("in/c{i}.container"),
                format!("{IMAGE}ServiceName=x\n"),
            );
        }
    };
    linear(1_000, make, is_good);
}

#[test]
fn many_links() {
    for key in ["WantedBy", "Alias"] {
        let make = |place: &Place, size: usize| {
            let install = lines(size, |i| {
                format!("{key}=sub{}/x{i}.service y{i}.target", i % 2)
            });
            place.write("in/x.container", format!("{IMAGE}[Install]\n{install}"));
        };
        linear(1_000, make, is_good);
    }
}

#[test]
fn lists_that_belong_together() {
    let make = |place: &Place, size: usize| {
        let subnets = lines(size, |_| {
            "Subnet=10.0.0.0/24\nGateway=10.0.0.1\nIPRange=10.0.0.0/25".into()
        });
        place.write("in/x.network", format!("[Network]\n{subnets}"));
    };
    linear(4_000, make, is_good);
    let make = |place: &Place, size: usize| {
        let mount = format!("Mount=type=bind,source=/x{}\n", ",source=/x".repeat(size));
        place.write("in/x.container", format!("{IMAGE}{mount}"));
    };
    linear(20_000, make, is_good);
    let make = |place: &Place, size: usize| {
        place.write(
            "in/x.container",
            format!("{IMAGE}EnvironmentFile={}x\n", "a/../".repeat(size)),
        );
    };
    linear(40_000, make, is_good);
}
