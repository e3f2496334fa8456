//! What keeps units beside the generator's folder safe: whose they are, and when they go.

use crate::definitions::{BROKEN, WEB, WEB_THAT_RESTARTS};
use crate::machine::Machine;
use crate::runner::{Scenario, scenario};
use crate::session::{Session, User};

pub(crate) const SCENARIOS: &[Scenario] = &[
    scenario!(for_each_user packaged_unit_keeps_its_name),
    scenario!(for_each_user packaged_unit_keeps_its_name_from_a_broken_definition),
    scenario!(for_each_user packaged_unit_that_comes_later_takes_its_name_back),
    scenario!(for_each_user service_name_ends_the_quarrel_with_a_packaged_unit),
    scenario!(for_each_user removed_definition_can_be_stopped_and_then_is_gone),
    scenario!(for_each_user removed_definition_that_does_not_run_is_gone_at_once),
    scenario!(for_each_user unreadable_folder_removes_nothing),
    scenario!(for_each_user unit_of_somebody_else_stays),
    scenario!(for_each_user runtime_folder_that_cannot_be_written_is_done_without),
    scenario!(for_the_machine nothing_stale_starts_after_a_soft_reboot_without_generator),
    scenario!(for_each_user verify_and_dry_runs_write_only_where_they_are_told),
    scenario!(for_the_machine enable_for_a_folder_acts_at_its_next_boot),
    scenario!(for_the_machine enable_for_all_users_acts_at_their_next_start),
];

const PACKAGED: &str = "[Unit]\nDescription=from a package\n\n[Service]\nType=oneshot\nExecStart=true\n\
                        RemainAfterExit=yes\n\n[Install]\nWantedBy=default.target\n";

fn install_packaged_unit(s: &Session) -> String {
    let path = format!("{}/nginx.service", s.packaged_units());
    s.machine().write(&path, PACKAGED);
    s.systemctl("daemon-reload");
    path
}

/// The packaged unit is what systemd has, and `wharf check` says how to get along with it.
fn assert_packaged_unit_wins(s: &Session, packaged: &str) {
    assert_eq!(s.property("nginx", "FragmentPath"), packaged);
    assert!(!s.exists(&format!("{}/nginx.service", s.runtime_units())));
    assert!(!s.exists(&format!("{}/nginx.service", s.generator_folder())));
    let findings = s.sh_fails(&format!("wharf check {}/nginx.container", s.definitions()));
    for part in ["W0310", packaged, "ServiceName="] {
        assert!(findings.contains(part), "no `{part}` in:\n{findings}");
    }
}

fn packaged_unit_keeps_its_name(s: &Session) {
    let packaged = install_packaged_unit(s);
    s.systemctl("enable --now nginx");
    s.define("nginx.container", WEB);
    assert_packaged_unit_wins(s, &packaged);
    s.systemctl("restart nginx");
    assert_eq!(s.property("nginx", "Description"), "from a package");
    assert_eq!(s.containers(), [""; 0]);
    if s.user() == User::Joe {
        s.wait_for_generator_message("ServiceName=");
    }
}

fn packaged_unit_keeps_its_name_from_a_broken_definition(s: &Session) {
    let packaged = install_packaged_unit(s);
    s.define("nginx.container", BROKEN);
    assert_packaged_unit_wins(s, &packaged);
    s.systemctl("start nginx");
}

fn packaged_unit_that_comes_later_takes_its_name_back(s: &Session) {
    s.define("nginx.container", WEB);
    s.systemctl("enable nginx");
    assert_eq!(
        s.property("nginx", "FragmentPath"),
        format!("{}/nginx.service", s.runtime_units())
    );
    let packaged = install_packaged_unit(s);
    assert_packaged_unit_wins(s, &packaged);
    s.systemctl("start nginx");
    assert_eq!(s.containers(), [""; 0]);
}

fn service_name_ends_the_quarrel_with_a_packaged_unit(s: &Session) {
    let packaged = install_packaged_unit(s);
    s.define("nginx.container", &format!("{WEB}ServiceName=proxy\n"));
    s.systemctl("enable --now proxy nginx");
    assert_eq!(s.property("nginx", "FragmentPath"), packaged);
    assert_eq!(s.containers(), ["systemd-proxy"]);
}

fn removed_definition_can_be_stopped_and_then_is_gone(s: &Session) {
    s.define("web.container", WEB);
    s.systemctl("start web");
    s.sh(&format!("rm {}/web.container", s.definitions()));
    s.systemctl("daemon-reload");
    assert!(s.is_active("web"), "a reload stops nothing");
    assert!(s.container("systemd-web").is_some());

    s.systemctl("stop web");
    assert_eq!(s.containers(), [""; 0]);
    s.systemctl_fails("start web");
    s.systemctl("daemon-reload");
    s.attempt(s.either(
        "systemctl --user reset-failed web",
        "systemctl reset-failed web",
    ));
    assert_eq!(s.property("web", "LoadState"), "not-found");
    assert!(!s.exists(&format!("{}/web.service", s.runtime_units())));
}

fn removed_definition_that_does_not_run_is_gone_at_once(s: &Session) {
    s.define("web.container", WEB);
    assert_eq!(s.property("web", "LoadState"), "loaded");
    s.sh(&format!("rm {}/web.container", s.definitions()));
    s.systemctl("daemon-reload");
    assert_eq!(s.property("web", "LoadState"), "not-found");
    assert!(!s.exists(&format!("{}/web.service", s.runtime_units())));
}

fn unreadable_folder_removes_nothing(s: &Session) {
    s.define("apps/web.container", WEB);
    s.systemctl("start web");
    let apps = format!("{}/apps", s.definitions());
    // root reads everything but a loop of links
    let (hide, show) = match s.user() {
        User::Joe => (format!("chmod 000 {apps}"), format!("chmod 755 {apps}")),
        User::Root => (
            format!("mv {apps} {apps}.away && ln -s apps {apps}"),
            format!("rm {apps} && mv {apps}.away {apps}"),
        ),
    };
    s.sh(&hide);
    s.systemctl("daemon-reload");
    assert_eq!(s.property("web", "LoadState"), "loaded");
    assert!(s.exists(&format!("{}/web.service", s.runtime_units())));
    s.systemctl("stop web");
    s.systemctl("daemon-reload");
    assert_eq!(
        s.property("web", "LoadState"),
        "loaded",
        "also when nothing of it runs"
    );

    s.sh(&show);
    s.systemctl("daemon-reload");
    s.systemctl("start web");
    assert_eq!(s.containers(), ["systemd-web"]);
}

fn unit_of_somebody_else_stays(s: &Session) {
    let unit = format!("{}/web.service", s.runtime_units());
    s.machine().write(&unit, PACKAGED);
    let before = s.sh(&format!("cat {unit}"));
    s.define("web.container", WEB);
    assert_eq!(s.sh(&format!("cat {unit}")), before);
    let findings = s.sh_fails(&format!("wharf check {}/web.container", s.definitions()));
    assert!(
        findings.contains("W0912") && findings.contains(&unit),
        "{findings}"
    );
    s.sh(&format!("rm {}/web.container", s.definitions()));
    s.systemctl("daemon-reload");
    assert_eq!(s.sh(&format!("cat {unit}")), before);
}

fn runtime_folder_that_cannot_be_written_is_done_without(s: &Session) {
    s.define("web.container", WEB);
    s.systemctl("enable web");
    let units = s.runtime_units();
    s.sh(&format!("rm {units}/web.service"));
    match s.user() {
        User::Joe => s.sh(&format!("chmod 555 {units}")),
        User::Root => s.sh(&format!(
            "mount --bind {units} {units} && mount -o remount,ro,bind {units}"
        )),
    };
    s.systemctl("daemon-reload");
    assert_eq!(
        s.property("web", "FragmentPath"),
        format!("{}/web.service", s.generator_folder())
    );
    if s.user() == User::Joe {
        s.wait_for_generator_message("W0911");
    }

    // the link that `enable` has left starts it; to enable another is refused
    s.systemctl("start default.target");
    s.wait_until_active("web");
    assert!(s.container("systemd-web").is_some());
    s.define("other.container", WEB);
    s.systemctl_fails("enable other");
    s.systemctl("start other");
    assert!(s.container("systemd-other").is_some());
}

fn nothing_stale_starts_after_a_soft_reboot_without_generator(m: &Machine) {
    let root = m.session(User::Root);
    root.define("web.container", WEB);
    root.define("kept.container", WEB);
    root.systemctl("enable --now web kept");
    let ran_before = root.property("web", "MainPID");
    root.sh(&format!(
        "rm {} /etc/containers/web.container",
        root.generator()
    ));

    m.soft_reboot();

    assert!(
        root.exists("/run/systemd/system/web.service"),
        "the unit outlives its definition"
    );
    assert_eq!(root.property("web", "AssertResult"), "no");
    // systemd may remember the process of the time before
    let ran = root.property("web", "ExecMainPID");
    assert!(
        ran == "0" || ran == ran_before,
        "it was not even tried: {ran}, {ran_before}"
    );
    assert_eq!(root.property("kept", "AssertResult"), "yes");
}

fn verify_and_dry_runs_write_only_where_they_are_told(s: &Session) {
    s.define("web.container", WEB);
    s.define_quadlet("old.container", WEB);
    let unit = format!("{}/web.service", s.runtime_units());
    let text = s.sh(&format!("cat {unit}"));
    // changed, so that a run which writes would be seen
    s.machine().write(
        &format!("{}/web.container", s.definitions()),
        &WEB.replace("web:1", "web:2"),
    );
    let list = format!(
        "find {} {} -printf '%p %T@ %l\\n' | sort",
        s.runtime_units(),
        s.generator_folder()
    );
    let before = s.sh(&list);

    let printed = s.sh(&format!("{} --dryrun", s.generator()));
    assert!(
        printed.contains("---web.service---") && printed.contains("web:2"),
        "{printed}"
    );
    s.sh(&format!(
        "mkdir /tmp/out-{0} && {1} /tmp/out-{0}",
        s.user(),
        s.generator()
    ));
    assert!(
        s.sh(&format!("cat /tmp/out-{}/web.service", s.user()))
            .contains("web:2")
    );
    let verify = s.either(
        "systemd-analyze --user verify --generators=yes",
        "systemd-analyze verify --generators=yes",
    );
    s.sh(&format!("{verify} /tmp/out-{}/web.service", s.user()));

    assert_eq!(s.sh(&list), before);
    assert_eq!(s.sh(&format!("cat {unit}")), text);
}

fn enable_for_a_folder_acts_at_its_next_boot(m: &Machine) {
    // the root of another machine, as an image builder has it: at its next boot it is this one's
    m.write("/srv/image/etc/containers/web.container", WEB);
    m.root("wharf enable --root /srv/image web");
    let link = "/etc/systemd/system/default.target.wants/web.service";
    assert_eq!(
        m.root(&format!("readlink /srv/image{link}")),
        "/run/systemd/system/web.service"
    );
    m.root("wharf disable --root /srv/image web");
    m.root(&format!("test ! -L /srv/image{link}"));
    m.root("wharf enable --root /srv/image web");
    m.root("cp -a /srv/image/. /");

    m.power_loss();

    let root = m.session(User::Root);
    root.wait_until_active("web");
    assert_eq!(root.ask_systemctl("is-enabled web"), "enabled");
    root.systemctl("disable web");
    m.root(&format!("test ! -L {link}"));
}

fn enable_for_all_users_acts_at_their_next_start(m: &Machine) {
    m.write("/etc/containers/users/web.container", WEB_THAT_RESTARTS);
    m.root("wharf enable --global web");
    let link = "/etc/systemd/user/default.target.wants/web.service";
    m.root(&format!("test -L {link}"));

    m.root("systemctl restart user@1000.service");

    let joe = m.session(User::Joe);
    joe.wait_until_active("web");
    assert_eq!(joe.containers(), ["systemd-web"]);
    m.root("wharf disable --global web");
    m.root(&format!("test ! -L {link}"));
}
