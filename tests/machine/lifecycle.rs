//! From a file to a running container, and back to nothing.

use crate::definitions::{WEB, WEB_THAT_RESTARTS};
use crate::runner::{Scenario, scenario};
use crate::session::Session;

pub(crate) const SCENARIOS: &[Scenario] = &[
    scenario!(for_each_user file_becomes_a_container_that_restart_replaces_and_stop_removes),
    scenario!(for_each_user container_is_back_after_a_power_loss),
    scenario!(for_each_user container_that_dies_comes_back),
    scenario!(for_each_user changed_file_acts_at_the_next_restart),
    scenario!(for_each_user drop_in_of_the_definition_acts),
];

fn file_becomes_a_container_that_restart_replaces_and_stop_removes(s: &Session) {
    s.define("web.container", WEB);
    assert!(!s.is_active("web"), "a definition alone starts nothing");

    s.systemctl("enable --now web");
    assert!(s.is_active("web"));
    let first = s.container("systemd-web").expect("the container runs");
    assert_eq!(
        s.sh("podman exec systemd-web wget -qO- 127.0.0.1:8080"),
        "web 1"
    );

    s.systemctl("restart web");
    let second = s
        .container("systemd-web")
        .expect("the container runs again");
    assert_ne!(first, second);
    assert_eq!(s.containers(), ["systemd-web"]);

    s.systemctl("stop web");
    assert_eq!(s.containers(), [""; 0]);
    assert_eq!(s.ask_systemctl("is-active web"), "inactive");
}

fn container_is_back_after_a_power_loss(s: &Session) {
    s.define("web.container", WEB_THAT_RESTARTS);
    s.systemctl("enable --now web");
    let before = s.container("systemd-web").expect("the container runs");

    s.machine().power_loss();

    s.wait_until_active("web");
    let after = s
        .container("systemd-web")
        .expect("the container runs again");
    assert_ne!(before, after);
    assert_eq!(s.containers(), ["systemd-web"]);

    s.systemctl("stop web");
    assert_eq!(s.containers(), [""; 0]);
}

fn container_that_dies_comes_back(s: &Session) {
    s.define(
        "web.container",
        &format!("{WEB}\n[Service]\nRestart=on-failure\nRestartSec=100ms\n"),
    );
    s.systemctl("start web");
    let first = s.container("systemd-web").expect("the container runs");

    s.sh("podman kill --signal KILL systemd-web");

    s.machine().wait_until("another container", || {
        s.container("systemd-web").is_some_and(|id| id != first)
    });
    s.wait_until_active("web");
    assert_eq!(s.property("web", "NRestarts"), "1");
}

fn changed_file_acts_at_the_next_restart(s: &Session) {
    s.define("web.container", WEB);
    s.systemctl("start web");

    s.define("web.container", &WEB.replace("web:1", "web:2"));
    assert_eq!(
        s.sh("podman exec systemd-web wget -qO- 127.0.0.1:8080"),
        "web 1"
    );

    s.systemctl("restart web");
    assert_eq!(
        s.sh("podman exec systemd-web wget -qO- 127.0.0.1:8080"),
        "web 2"
    );
}

fn drop_in_of_the_definition_acts(s: &Session) {
    s.define("web.container", WEB);
    s.define(
        "web.container.d/greet.conf",
        "[Container]\nEnvironment=GREETING=hello\n",
    );
    s.systemctl("start web");
    assert_eq!(
        s.sh("podman exec systemd-web sh -c 'echo $GREETING'"),
        "hello"
    );
}
