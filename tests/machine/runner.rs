//! Turns scenarios into tests, one for each suite and user, and runs at most two at once.

use std::any::Any;
use std::cell::RefCell;
use std::fmt::Write as _;
use std::panic::{self, AssertUnwindSafe};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Failed, Trial};

use crate::machine::{Ground, Machine, Suite};
use crate::session::{Session, User};

/// One story on one machine.
#[derive(Clone, Copy)]
pub(crate) struct Scenario {
    name: &'static str,
    suites: &'static [Suite],
    told: Told,
}

/// Whose story it is.
#[derive(Clone, Copy)]
enum Told {
    ByEach(fn(&Session)),
    Once(fn(&Machine)),
}

impl Scenario {
    /// Returns a scenario told for joe's user manager and for the system manager.
    pub(crate) const fn for_each_user(name: &'static str, story: fn(&Session)) -> Self {
        Self {
            name,
            suites: &Suite::ALL,
            told: Told::ByEach(story),
        }
    }

    /// Returns a scenario told once for a machine.
    pub(crate) const fn for_the_machine(name: &'static str, story: fn(&Machine)) -> Self {
        Self {
            name,
            suites: &Suite::ALL,
            told: Told::Once(story),
        }
    }

    /// Returns the scenario for these suites alone.
    pub(crate) const fn on(mut self, suites: &'static [Suite]) -> Self {
        self.suites = suites;
        self
    }
}

/// Makes a scenario of a function; its name is the fact that is tested.
macro_rules! scenario {
    ($kind:ident $story:ident) => {
        $crate::runner::Scenario::$kind(stringify!($story), $story)
    };
}
pub(crate) use scenario;

/// A test that is not run yet: its name, where it runs, and what it does there.
struct Test {
    name: String,
    suite: Suite,
    story: Box<dyn FnOnce(&Machine) + Send>,
}

fn tests(subjects: &[(&str, &[Scenario])]) -> Vec<Test> {
    let mut tests = Vec::new();
    for suite in Suite::ALL {
        for (subject, scenarios) in subjects {
            for scenario in scenarios
                .iter()
                .filter(|scenario| scenario.suites.contains(&suite))
            {
                let name = format!("{suite}::{subject}::{}", scenario.name);
                match scenario.told {
                    Told::Once(story) => {
                        tests.push(Test {
                            name,
                            suite,
                            story: Box::new(story),
                        });
                    }
                    Told::ByEach(story) => tests.extend([User::Joe, User::Root].map(|user| Test {
                        name: format!("{name}::{user}"),
                        suite,
                        story: Box::new(move |machine: &Machine| story(&machine.session(user))),
                    })),
                }
            }
        }
    }
    tests
}

/// Runs the tests that the command line asks for.
pub(crate) fn run(subjects: &[(&str, &[Scenario])]) -> ExitCode {
    let mut arguments = Arguments::from_args();
    // two cores are what a machine needs to keep its time
    arguments.test_threads = Some(arguments.test_threads.unwrap_or(2).min(2));
    let tests = tests(subjects);
    let selected: Vec<_> = tests
        .iter()
        .filter(|test| is_selected(&arguments, &test.name))
        .collect();
    let mut suites: Vec<_> = selected.iter().map(|test| test.suite).collect();
    suites.dedup();

    let ground = if arguments.list || selected.is_empty() {
        None
    } else {
        match Ground::prepare(&suites) {
            Ok(ground) => Some(Arc::new(ground)),
            Err(reason) => {
                println!("the machine tests cannot run: {reason}");
                return ExitCode::FAILURE;
            }
        }
    };
    let times = Arc::new(Mutex::new(Times {
        left: selected.len(),
        taken: Vec::new(),
    }));
    panic::set_hook(Box::new(|info| LAST_PANIC.set(info.to_string())));

    let trials = tests.into_iter().map(|test| {
        let (ground, times) = (ground.clone(), Arc::clone(&times));
        Trial::test(test.name.clone(), move || {
            let ground = ground.expect("a test that runs was selected");
            let start = Instant::now();
            let outcome = run_story(&ground, test.suite, test.story);
            times.lock().unwrap().add(test.name, start.elapsed());
            outcome
        })
    });
    libtest_mimic::run(&arguments, trials.collect()).exit_code()
}

thread_local! {
    static LAST_PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

fn run_story(
    ground: &Ground,
    suite: Suite,
    story: Box<dyn FnOnce(&Machine) + Send>,
) -> Result<(), Failed> {
    let machine = Machine::boot(ground, suite)?;
    let outcome: Result<(), Box<dyn Any + Send>> =
        panic::catch_unwind(AssertUnwindSafe(|| story(&machine)));
    outcome.map_err(|_| format!("{}\n\n{}", LAST_PANIC.take(), machine.evidence()).into())
}

/// Says whether libtest-mimic will run the test of this name.
fn is_selected(arguments: &Arguments, name: &str) -> bool {
    let fits = |filter: &String| {
        if arguments.exact {
            name == filter
        } else {
            name.contains(filter.as_str())
        }
    };
    arguments.filter.as_ref().is_none_or(fits) && !arguments.skip.iter().any(fits)
}

/// How long the tests took. The last one tells, since the runner's own summary has to close the output.
struct Times {
    left: usize,
    taken: Vec<(Duration, String)>,
}

impl Times {
    fn add(&mut self, name: String, time: Duration) {
        self.taken.push((time, name));
        self.left -= 1;
        if self.left > 0 {
            return;
        }
        self.taken.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
        let mut text = String::from("\nslowest:\n");
        for (time, name) in self.taken.iter().take(10) {
            writeln!(text, "{:6.1} s  {name}", time.as_secs_f64()).expect("a String takes all");
        }
        println!("{text}");
    }
}
