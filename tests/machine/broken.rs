//! A definition with an error harms only itself: a service stands in for it that says what is wrong.

use crate::definitions::{BROKEN, WEB, WEB_THAT_RESTARTS};
use crate::runner::{Scenario, scenario};
use crate::session::{Session, User};

pub(crate) const SCENARIOS: &[Scenario] = &[
    scenario!(for_each_user start_fails_and_says_file_line_and_column),
    scenario!(for_each_user stop_removes_what_the_last_good_version_started),
    scenario!(for_each_user stop_removes_the_pod_of_the_last_good_version),
    scenario!(for_each_user stop_ends_the_kube_file_of_the_last_good_version),
    scenario!(for_each_user dependent_names_the_cause),
    scenario!(for_each_user other_services_run_also_after_a_boot),
    scenario!(for_each_user mended_definition_starts),
    scenario!(for_each_user file_without_a_section_is_told_too),
];

fn start_fails_and_says_file_line_and_column(s: &Session) {
    s.define("web.container", BROKEN);
    s.systemctl_fails("start web");
    let place = format!("{}/web.container:3:1: ", s.definitions());
    s.wait_for_journal("web", &place);
    let status = s.systemctl_fails("status --full --no-pager web");
    assert!(
        status.contains(&place) && status.contains("`PublishPrt`"),
        "{status}"
    );
    if s.user() == User::Joe {
        s.wait_for_generator_message(&place);
    }
    assert_eq!(s.property("web", "Result"), "exit-code");
    assert_eq!(s.property("web", "Restart"), "no");
    assert_eq!(s.containers(), [""; 0]);
}

fn stop_removes_what_the_last_good_version_started(s: &Session) {
    // the broken file has lost the container's name
    s.define("web.container", &format!("{WEB}ContainerName=shop\n"));
    s.systemctl("start web");
    assert_eq!(s.containers(), ["shop"]);

    s.define("web.container", BROKEN);
    assert!(s.is_active("web"), "a reload stops nothing");
    assert!(s.container("shop").is_some());

    s.systemctl("stop web");
    assert_eq!(s.containers(), [""; 0]);
    s.systemctl_fails("start web");
}

fn stop_removes_the_pod_of_the_last_good_version(s: &Session) {
    s.define("shop.pod", "[Pod]\nPodName=shop\n");
    s.define("web.container", &format!("{WEB}Pod=shop.pod\n"));
    s.systemctl("start shop-pod");
    assert_eq!(s.sh("podman pod ps --format '{{.Name}}'"), "shop");

    s.define("shop.pod", "[Pod]\nNmae=shop\n");
    s.systemctl("stop shop-pod");
    s.machine()
        .wait_until("the pod to be gone", || s.sh("podman pod ps -q").is_empty());
    assert_eq!(s.containers(), [""; 0]);
}

fn stop_ends_the_kube_file_of_the_last_good_version(s: &Session) {
    s.machine().write(
        &format!("{}/shop.yaml", s.definitions()),
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: shop\nspec:\n  containers:\n  - name: web\n    \
         image: 127.0.0.1:5000/test/web:1\n",
    );
    s.define("shop.kube", "[Kube]\nYaml=shop.yaml\n");
    s.systemctl("start shop");
    assert_eq!(s.sh("podman pod ps --format '{{.Name}}'"), "shop");

    s.define("shop.kube", "[Kube]\nYml=shop.yaml\n");
    s.systemctl("stop shop");
    s.machine()
        .wait_until("the pod to be gone", || s.sh("podman pod ps -q").is_empty());
    assert_eq!(s.containers(), [""; 0]);
}

fn dependent_names_the_cause(s: &Session) {
    s.define("data.volume", "[Volume]\nLabel=a=b\nDrivr=local\n");
    s.define("web.container", &format!("{WEB}Volume=data.volume:/data\n"));
    s.systemctl_fails("start web");
    s.wait_for_journal("web", &format!("{}/web.container:3:", s.definitions()));
    let status = s.systemctl_fails("status --full --no-pager web");
    assert!(status.contains("data.volume"), "{status}");
    s.systemctl_fails("start data-volume");
    s.wait_for_journal(
        "data-volume",
        &format!("{}/data.volume:3:1: ", s.definitions()),
    );
}

fn other_services_run_also_after_a_boot(s: &Session) {
    s.define("web.container", BROKEN);
    s.define("other.container", WEB_THAT_RESTARTS);
    s.systemctl("enable --now other");
    s.systemctl("enable web");
    assert!(s.is_active("other"));

    s.machine().power_loss();

    s.wait_until_active("other");
    assert_eq!(s.containers(), ["systemd-other"]);
    assert_eq!(s.ask_systemctl("is-active web"), "failed");
    s.wait_for_journal("web", &format!("{}/web.container:3:1: ", s.definitions()));
}

fn mended_definition_starts(s: &Session) {
    s.define("web.container", BROKEN);
    s.systemctl_fails("start web");
    s.define("web.container", WEB);
    s.systemctl("enable --now web");
    assert!(s.container("systemd-web").is_some());
}

fn file_without_a_section_is_told_too(s: &Session) {
    s.define("web.container", "no definition at all\n");
    s.systemctl_fails("start web");
    s.wait_for_journal("web", &format!("{}/web.container:1:1: ", s.definitions()));
}
