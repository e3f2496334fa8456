//! `[Build]`, in the order of `podman build`.

use super::Emit::{Flag, Joined, Switch};
use super::Read::{Bool, Lines, Text};
use super::{Emit, Key, Podman, Special as S, Takes, row, shared};

#[rustfmt::skip]
pub(super) const KEYS: &[Key] = &[
    shared::GLOBAL_ARGS.since(Podman(5, 2)),
    shared::CONF_MODULE.since(Podman(5, 2)),
    shared::SERVICE_NAME,
    row("Pull", Text, Joined("--pull="), Podman(5, 2), Takes::OneOf(&["always", "missing", "never", "newer"]), "When the base images are pulled."),
    shared::ARCH.since(Podman(5, 2)),
    shared::AUTH_FILE.since(Podman(5, 2)),
    row("IgnoreFile", Text, Flag("--ignorefile"), Podman(5, 7), Takes::Path, "The file that says what is left out of the context."),
    row("Target", Text, Flag("--target"), Podman(5, 2), Takes::Text("STAGE"), "The stage to build."),
    shared::VARIANT.since(Podman(5, 2)),
    shared::RETRY,
    shared::RETRY_DELAY,
    shared::TLS_VERIFY.since(Podman(5, 2)),
    row("ForceRM", Bool, Switch("--force-rm"), Podman(5, 2), Takes::Bool, "Whether the containers of a failed build are removed too."),
    shared::DNS.since(Podman(5, 2)),
    shared::DNS_OPTION.since(Podman(5, 2)),
    shared::DNS_SEARCH.since(Podman(5, 2)),
    shared::GROUP_ADD.since(Podman(5, 2)),
    row("ImageTag", Lines, Flag("--tag"), Podman(5, 2), Takes::Image, "The name of the built image; the first one is what other definitions use."),
    shared::pairs("BuildArg", "--build-arg", Podman(5, 7), "Values for `ARG` in the Containerfile."),
    shared::pairs("Environment", "--env", Podman(5, 2), "Variables of the image."),
    shared::LABEL.since(Podman(5, 2)),
    shared::pairs("Annotation", "--annotation", Podman(5, 2), "OCI annotations of the image."),
    shared::NETWORK.since(Podman(5, 2)),
    shared::SECRET.since(Podman(5, 2)),
    shared::VOLUME.since(Podman(5, 2)),
    row("File", Text, Flag("--file"), Podman(5, 2), Takes::Text("PATH|URL"), "The Containerfile."),
    shared::PODMAN_ARGS.since(Podman(5, 2)),
    Key { emit: Emit::Special(S::Context), ..shared::SET_WORKING_DIRECTORY }.since(Podman(5, 2)),
];
