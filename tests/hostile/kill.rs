//! A run that is killed leaves whole units, and an empty one at most.

use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::place::Place;

const UNITS: u32 = 300;
const ROUNDS: u32 = 30;

#[test]
fn every_unit_is_whole_whenever_the_run_is_killed() {
    let place = Place::in_memory();
    for i in 0..UNITS {
        let labels = "Label=a=b\n".repeat(i as usize % 40);
        let text = format!(
            "[Container]\nImage=docker.io/library/x:1\n{labels}[Install]\nWantedBy=a.target\n"
        );
        place.write(format!("in/x{i}.container"), text);
    }
    let begin = Instant::now();
    assert_eq!(place.generate().exit, Some(0));
    let whole_run = begin.elapsed();
    let whole = place.units();
    let words = place.words();
    let mut in_between = 0;
    for round in 0..ROUNDS {
        // Into an empty folder, and over the units of the round before.
        if round % 2 == 0 {
            place.clear();
        }
        let mut child = Command::new(&words[0])
            .args(&words[1..])
            .env_clear()
            .envs(place.variables())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // From the first system call to the last: spread over the time that a whole run takes.
        thread::sleep(whole_run * round / ROUNDS + Duration::from_micros(u64::from(round) * 37));
        child.kill().unwrap();
        child.wait().unwrap();
        let units = place.units();
        let services = units.iter().filter(|(name, _)| name.ends_with(".service"));
        // One that is empty has been created and not yet written: systemd takes it as masked.
        for (name, text) in services.filter(|(_, text)| !text.is_empty()) {
            assert_eq!(Some(text), whole.get(name), "round {round}: {name}");
        }
        in_between += u32::from(round % 2 == 0 && units.len() > 1 && units.len() < whole.len());
        if round % 5 == 4 {
            assert_eq!(place.generate().exit, Some(0));
            assert_eq!(
                place.units(),
                whole,
                "round {round}: the next run does not mend it"
            );
        }
    }
    assert!(in_between > 0, "no run was killed while it wrote");
}
