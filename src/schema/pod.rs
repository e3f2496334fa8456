//! `[Pod]`, in the order of `podman pod create`.

use super::Emit::{Flag, Nothing, Special};
use super::Read::{Lines, Text, TextOrEmpty};
use super::{Key, Podman, Special as S, Takes, row, shared};

#[rustfmt::skip]
pub(super) const KEYS: &[Key] = &[
    shared::GLOBAL_ARGS.since(Podman(5, 0)),
    shared::CONF_MODULE.since(Podman(5, 0)),
    shared::SERVICE_NAME,
    row("ExitPolicy", Text, Special(S::ExitPolicy), Podman(5, 6), Takes::OneOf(&["continue", "stop"]), "What the pod does when its last container ends; `stop` unless set.").empty_is_unset(),
    row("StopTimeout", TextOrEmpty, Nothing, Podman(5, 7), Takes::Number, "Seconds to wait for the containers to end before they are killed; 10 unless set."),
    shared::USER_NS.since(Podman(5, 3)),
    shared::UID_MAP.since(Podman(5, 3)),
    shared::GID_MAP.since(Podman(5, 3)),
    shared::SUB_UID_MAP.since(Podman(5, 3)),
    shared::SUB_GID_MAP.since(Podman(5, 3)),
    shared::REMAP_USERS.since(Podman(5, 3)),
    shared::REMAP_UID.since(Podman(5, 3)),
    shared::REMAP_GID.since(Podman(5, 3)),
    shared::REMAP_UID_SIZE.since(Podman(5, 3)),
    shared::PUBLISH_PORT.since(Podman(5, 0)),
    shared::LABEL.since(Podman(5, 6)),
    shared::NETWORK.since(Podman(5, 0)),
    shared::IP.since(Podman(5, 3)),
    shared::IP6.since(Podman(5, 3)),
    shared::SHM_SIZE.since(Podman(5, 4)),
    shared::NETWORK_ALIAS,
    shared::DNS.since(Podman(5, 3)),
    shared::DNS_OPTION.since(Podman(5, 3)),
    shared::DNS_SEARCH.since(Podman(5, 3)),
    shared::ADD_HOST,
    row("HostName", Lines, Flag("--hostname"), Podman(5, 5), Takes::Text("NAME"), "The host name inside."),
    shared::VOLUME.since(Podman(5, 0)),
    row("PodName", Text, Special(S::PodName), Podman(5, 0), Takes::Name("NAME"), "The pod's name; `systemd-` and the file's name unless set."),
    shared::PODMAN_ARGS.since(Podman(5, 0)),
];
