//! `[Kube]`, in the order of `podman kube play`.

use super::Emit::{Joined, Nothing, PathFlag, Special};
use super::Read::{Bool, Text, Words};
use super::{Key, Podman, Special as S, Takes, row, shared};

#[rustfmt::skip]
pub(super) const KEYS: &[Key] = &[
    shared::GLOBAL_ARGS,
    shared::CONF_MODULE,
    shared::SERVICE_NAME,
    row("ExitCodePropagation", Text, Joined("--service-exit-code-propagation="), Podman(4, 6), Takes::OneOf(&["all", "any", "none"]), "Whose failure is the service's."),
    shared::LOG_DRIVER,
    shared::LOG_OPT,
    shared::USER_NS,
    shared::REMAP_USERS,
    shared::REMAP_UID,
    shared::REMAP_GID,
    shared::REMAP_UID_SIZE,
    shared::NETWORK,
    row("AutoUpdate", Words, Special(S::KubeAutoUpdate), Podman(4, 7), Takes::Text("[CONTAINER/]registry|local"), "Where newer images are looked for, for all containers or one.").guarded(),
    row("ConfigMap", Words, PathFlag("--configmap"), Podman(4, 4), Takes::Path, "A file with a ConfigMap.").guarded(),
    shared::PUBLISH_PORT,
    row("KubeDownForce", Bool, Nothing, Podman(4, 8), Takes::Bool, "Whether stopping removes the volumes too."),
    shared::SET_WORKING_DIRECTORY,
    shared::PODMAN_ARGS,
    row("Yaml", Words, Special(S::Yaml), Podman(4, 4), Takes::Path, "The Kubernetes YAML to play.").guarded(),
];
