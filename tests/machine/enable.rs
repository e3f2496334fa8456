//! `systemctl enable` and its kin work on what native folders define, and what they did lasts.

use crate::definitions::{WEB, WEB_THAT_RESTARTS};
use crate::machine::Machine;
use crate::runner::{Scenario, scenario};
use crate::session::{Session, User};

pub(crate) const SCENARIOS: &[Scenario] = &[
    scenario!(for_each_user enable_links_and_disable_unlinks),
    scenario!(for_each_user install_section_says_who_wants_it),
    scenario!(for_each_user reenable_follows_the_file),
    scenario!(for_each_user preset_decides),
    scenario!(for_each_user mask_forbids_and_unmask_allows),
    scenario!(for_each_user edit_adds_a_drop_in_and_revert_removes_it),
    scenario!(for_each_user full_edit_replaces_the_unit_until_its_copy_is_removed),
    scenario!(for_each_user drop_in_for_the_service_acts),
    scenario!(for_each_user template_has_instances),
    scenario!(for_each_user service_lives_through_a_reexec_of_the_manager),
    scenario!(for_the_machine restarted_user_manager_starts_it),
];

fn link(s: &Session, target: &str, unit: &str) -> String {
    format!("{}/{target}.wants/{unit}", s.own_units())
}

fn enable_links_and_disable_unlinks(s: &Session) {
    s.define("web.container", WEB);
    assert_eq!(s.ask_systemctl("is-enabled web"), "disabled");
    let link = link(s, "default.target", "web.service");

    s.systemctl("enable --now web");
    assert_eq!(s.ask_systemctl("is-enabled web"), "enabled");
    assert!(s.exists(&link));
    assert!(s.is_active("web"));
    let status = s.systemctl("status web");
    assert!(status.contains("; enabled;"), "{status}");

    s.systemctl("disable --now web");
    assert_eq!(s.ask_systemctl("is-enabled web"), "disabled");
    assert!(!s.exists(&link));
    assert!(!s.is_active("web"));
    assert_eq!(s.containers(), [""; 0]);
}

fn install_section_says_who_wants_it(s: &Session) {
    s.define(
        "web.container",
        &format!("{WEB}\n[Install]\nWantedBy=timers.target\nAlias=site.service\n"),
    );
    s.systemctl("enable web");
    assert!(s.exists(&link(s, "timers.target", "web.service")));
    assert!(!s.exists(&link(s, "default.target", "web.service")));
    s.systemctl("start site");
    assert!(s.is_active("web"));
    s.systemctl("disable web");
    assert!(!s.exists(&format!("{}/site.service", s.own_units())));
}

fn reenable_follows_the_file(s: &Session) {
    s.define("web.container", WEB);
    s.systemctl("enable web");
    s.define(
        "web.container",
        &format!("{WEB}\n[Install]\nWantedBy=timers.target\n"),
    );
    s.systemctl("reenable web");
    assert_eq!(s.ask_systemctl("is-enabled web"), "enabled");
    assert!(s.exists(&link(s, "timers.target", "web.service")));
    assert!(!s.exists(&link(s, "default.target", "web.service")));
}

fn preset_decides(s: &Session) {
    s.define("web.container", WEB);
    let policy = s
        .either("/etc/systemd/user-preset", "/etc/systemd/system-preset")
        .to_owned()
        + "/10-web.preset";
    s.machine().write(&policy, "enable web.service\n");
    s.systemctl("preset web");
    assert_eq!(s.ask_systemctl("is-enabled web"), "enabled");
    s.machine().write(&policy, "disable web.service\n");
    s.systemctl("preset web");
    assert_eq!(s.ask_systemctl("is-enabled web"), "disabled");
}

fn mask_forbids_and_unmask_allows(s: &Session) {
    s.define("web.container", WEB);
    s.systemctl("mask web");
    assert_eq!(s.ask_systemctl("is-enabled web"), "masked");
    s.systemctl("daemon-reload");
    let refusal = s.systemctl_fails("start web");
    assert!(refusal.contains("masked"), "{refusal}");
    s.systemctl("unmask web");
    s.systemctl("enable --now web");
    assert!(s.is_active("web"));
}

fn edit_adds_a_drop_in_and_revert_removes_it(s: &Session) {
    s.define("web.container", WEB);
    let edit = s.either(
        "systemctl --user edit --stdin web",
        "systemctl edit --stdin web",
    );
    s.sh_with_input(edit, "[Unit]\nDescription=edited\n");
    assert!(s.exists(&format!("{}/web.service.d/override.conf", s.own_units())));
    assert_eq!(s.property("web", "Description"), "edited");

    s.systemctl("revert web");
    s.systemctl("daemon-reload");
    assert_ne!(s.property("web", "Description"), "edited");
    s.systemctl("enable --now web");
    assert!(s.is_active("web"));
}

fn full_edit_replaces_the_unit_until_its_copy_is_removed(s: &Session) {
    s.define("web.container", WEB);
    let generated = s.property("web", "FragmentPath");
    let edit = s.either("systemctl --user", "systemctl").to_owned() + " edit --full --stdin web";
    s.sh_with_input(
        &edit,
        "[Unit]\nDescription=by hand\n\n[Service]\nExecStart=true\n",
    );
    s.systemctl("daemon-reload");
    assert_eq!(
        s.property("web", "FragmentPath"),
        format!("{}/web.service", s.own_units())
    );

    // `revert` goes back to what packages brought, and this is none of them
    s.sh(&format!("rm {}/web.service", s.own_units()));
    s.systemctl("daemon-reload");
    assert_eq!(s.property("web", "FragmentPath"), generated);
    s.systemctl("start web");
    assert!(s.container("systemd-web").is_some());
}

fn drop_in_for_the_service_acts(s: &Session) {
    s.define("web.container", WEB);
    let drop_in = format!("{}/web.service.d/10-limit.conf", s.own_units());
    s.machine()
        .write(&drop_in, "[Service]\nTimeoutStartSec=33s\n");
    s.systemctl("daemon-reload");
    assert_eq!(s.property("web", "TimeoutStartUSec"), "33s");
    s.systemctl("start web");
    assert!(s.container("systemd-web").is_some());
}

fn template_has_instances(s: &Session) {
    s.define("web@.container", WEB_THAT_RESTARTS);
    s.define(
        "web@.container.d/name.conf",
        "[Container]\nEnvironment=NAME=%i\n",
    );
    s.systemctl("enable --now web@a");
    s.systemctl("enable --now web@b");
    assert_eq!(s.containers(), ["systemd-web_a", "systemd-web_b"]);
    assert_eq!(s.sh("podman exec systemd-web_b sh -c 'echo $NAME'"), "b");
    assert_eq!(s.ask_systemctl("is-enabled web@a"), "enabled");
    s.systemctl("disable --now web@b");

    s.machine().power_loss();

    s.wait_until_active("web@a");
    assert_eq!(s.containers(), ["systemd-web_a"]);
    assert_eq!(s.ask_systemctl("is-enabled web@b"), "disabled");
}

fn service_lives_through_a_reexec_of_the_manager(s: &Session) {
    s.define("web.container", WEB);
    s.systemctl("enable --now web");
    let before = s.container("systemd-web");
    s.systemctl("daemon-reexec");
    s.wait_until_active("web");
    assert_eq!(s.container("systemd-web"), before);
    assert_eq!(s.ask_systemctl("is-enabled web"), "enabled");
    s.systemctl("restart web");
    assert_ne!(s.container("systemd-web"), before);
}

fn restarted_user_manager_starts_it(m: &Machine) {
    let joe = m.session(User::Joe);
    joe.define("web.container", WEB_THAT_RESTARTS);
    joe.systemctl("enable --now web");
    let before = joe.container("systemd-web").expect("the container runs");
    m.root("systemctl restart user@1000.service");
    joe.wait_until_active("web");
    let after = joe
        .container("systemd-web")
        .expect("the container runs again");
    assert_ne!(before, after);
    assert_eq!(joe.containers(), ["systemd-web"]);
}
