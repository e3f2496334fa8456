//! Each kind of definition started and stopped for real, together with what it needs.

use crate::definitions::WEB;
use crate::machine::Suite;
use crate::runner::{Scenario, scenario};
use crate::session::Session;

pub(crate) const SCENARIOS: &[Scenario] = &[
    scenario!(for_each_user volume_is_made_for_the_container_and_stays),
    scenario!(for_each_user network_joins_two_containers),
    scenario!(for_each_user pod_starts_and_stops_two_containers),
    scenario!(for_each_user image_is_pulled_for_the_container),
    scenario!(for_each_user build_makes_the_image_of_the_container),
    scenario!(for_each_user kube_file_plays_and_goes_down),
    // Podman 5.4 has no such units
    scenario!(for_each_user artifact_is_pulled_and_mounted).on(&[Suite::Forky]),
    scenario!(for_each_user oneshot_container_runs_to_its_end),
];

fn volume_is_made_for_the_container_and_stays(s: &Session) {
    s.define("data.volume", "[Volume]\nLabel=purpose=test\n");
    s.define("web.container", &format!("{WEB}Volume=data.volume:/data\n"));
    s.systemctl("enable --now web");
    assert!(s.is_active("data-volume"), "the container has pulled it in");
    s.sh("podman exec systemd-web sh -c 'echo kept >/data/file'");

    s.systemctl("restart web");
    assert_eq!(s.sh("podman exec systemd-web cat /data/file"), "kept");
    s.systemctl("stop web data-volume");
    assert_eq!(
        s.sh("podman volume ls -q --filter label=purpose=test"),
        "systemd-data"
    );
}

fn network_joins_two_containers(s: &Session) {
    s.define("lan.network", "[Network]\nNetworkDeleteOnStop=true\n");
    s.define(
        "web.container",
        &format!("{WEB}Network=lan.network\nContainerName=web\n"),
    );
    s.define(
        "visitor.container",
        &format!("{WEB}Network=lan.network\nContainerName=visitor\n"),
    );
    s.systemctl("start web visitor");
    assert!(s.is_active("lan-network"));
    s.machine()
        .wait_until("the visitor to reach web by its name", || {
            s.attempt("podman exec visitor wget -qO- http://web:8080/")
                .out()
                == "web 1"
        });

    s.systemctl("stop web visitor lan-network");
    assert_eq!(s.containers(), [""; 0]);
    let networks = s.sh("podman network ls -q");
    // Podman 5.4 does not know that key's command, but Wharf writes it for any
    assert!(!networks.contains("systemd-lan"), "{networks}");
}

fn pod_starts_and_stops_two_containers(s: &Session) {
    s.define("shop.pod", "[Pod]\nPublishPort=8080:8080\n");
    s.define("web.container", &format!("{WEB}Pod=shop.pod\n"));
    s.define("clerk.container", "[Container]\nImage=127.0.0.1:5000/test/base:1\nPod=shop.pod\nExec=sleep 1000\nStopTimeout=0\n");
    s.systemctl("enable --now shop-pod");
    s.wait_until_active("web");
    s.wait_until_active("clerk");
    assert_eq!(
        s.containers(),
        ["systemd-clerk", "systemd-shop-infra", "systemd-web"]
    );
    assert_eq!(
        s.sh("podman exec systemd-clerk wget -qO- 127.0.0.1:8080"),
        "web 1"
    );
    s.machine().wait_until("the published port", || {
        s.attempt("curl -s http://127.0.0.1:8080/").out() == "web 1"
    });

    s.systemctl("stop shop-pod");
    s.machine().wait_until("both containers to have ended", || {
        !s.is_active("web") && !s.is_active("clerk")
    });
    assert_eq!(s.containers(), [""; 0]);
    assert_eq!(s.sh("podman pod ps -q"), "");
}

fn image_is_pulled_for_the_container(s: &Session) {
    s.define("site.image", "[Image]\nImage=127.0.0.1:5000/test/web:2\n");
    s.define("web.container", "[Container]\nImage=site.image\n");
    s.systemctl("start web");
    assert!(s.is_active("site-image"));
    assert_eq!(
        s.sh("podman exec systemd-web wget -qO- 127.0.0.1:8080"),
        "web 2"
    );
    s.systemctl("stop web site-image");
    s.sh("podman image exists 127.0.0.1:5000/test/web:2");
}

fn build_makes_the_image_of_the_container(s: &Session) {
    s.machine().write(
        &format!("{}/Containerfile", s.definitions()),
        "FROM 127.0.0.1:5000/test/web:1\nRUN echo built >/www/index.html\n",
    );
    s.define(
        "site.build",
        "[Build]\nImageTag=localhost/site\nSetWorkingDirectory=unit\n",
    );
    s.define("web.container", "[Container]\nImage=site.build\n");
    s.systemctl("start web");
    assert_eq!(
        s.sh("podman exec systemd-web wget -qO- 127.0.0.1:8080"),
        "built"
    );
    s.systemctl("stop web");
    assert_eq!(s.containers(), [""; 0]);
}

fn kube_file_plays_and_goes_down(s: &Session) {
    s.machine().write(
        &format!("{}/shop.yaml", s.definitions()),
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: shop\nspec:\n  containers:\n  - name: web\n    \
         image: 127.0.0.1:5000/test/web:1\n",
    );
    s.define("shop.kube", "[Kube]\nYaml=shop.yaml\n");
    s.systemctl("enable --now shop");
    assert_eq!(
        s.sh("podman exec shop-web wget -qO- 127.0.0.1:8080"),
        "web 1"
    );
    s.systemctl("stop shop");
    assert_eq!(s.containers(), [""; 0]);
    assert_eq!(s.sh("podman pod ps -q"), "");
}

fn artifact_is_pulled_and_mounted(s: &Session) {
    s.define(
        "settings.artifact",
        "[Artifact]\nArtifact=127.0.0.1:5000/test/settings:1\n",
    );
    s.define(
        "web.container",
        &format!("{WEB}Mount=type=artifact,source=settings.artifact,destination=/settings\n"),
    );
    s.systemctl("start web");
    assert!(s.is_active("settings-artifact"));
    assert_eq!(
        s.sh("podman exec systemd-web cat /settings"),
        "greeting=hello"
    );
    s.systemctl("stop web settings-artifact");
    assert_eq!(s.containers(), [""; 0]);
}

fn oneshot_container_runs_to_its_end(s: &Session) {
    let job = "[Container]\nImage=127.0.0.1:5000/test/base:1\n\n[Service]\nType=oneshot\n";
    s.define(
        "job.container",
        &job.replace("\n\n", "\nExec=echo done\n\n"),
    );
    s.systemctl("start job");
    s.wait_for_journal("job", "done");
    assert_eq!(s.property("job", "Result"), "success");

    s.define("bad.container", &job.replace("base", "exits"));
    s.systemctl_fails("start bad");
    assert_eq!(s.property("bad", "ExecMainStatus"), "1");
    assert_eq!(s.containers(), [""; 0]);
}
