//! `[Image]`, in the order of `podman image pull`.

use super::Emit::{Flag, Nothing, Special, Switch};
use super::Read::{Bool, Text};
use super::{Key, Podman, Special as S, Takes, row, shared};

#[rustfmt::skip]
pub(super) const KEYS: &[Key] = &[
    shared::GLOBAL_ARGS,
    shared::CONF_MODULE,
    shared::SERVICE_NAME,
    shared::ARCH,
    shared::AUTH_FILE,
    shared::CERT_DIR,
    shared::CREDS,
    shared::DECRYPTION_KEY,
    row("OS", Text, Flag("--os"), Podman(4, 8), Takes::Text("OS"), "The operating system of the image, in place of the host's."),
    row("Policy", Text, Flag("--policy"), Podman(5, 6), Takes::OneOf(&["always", "missing", "never", "newer"]), "When the image is pulled."),
    shared::VARIANT,
    shared::RETRY,
    shared::RETRY_DELAY,
    row("AllTags", Bool, Switch("--all-tags"), Podman(4, 8), Takes::Bool, "Whether all tags of the repository are pulled."),
    shared::TLS_VERIFY,
    row("ImageTag", Text, Nothing, Podman(4, 8), Takes::Image, "The name by which other definitions use the image, where it is not `Image=`."),
    shared::PODMAN_ARGS.since(Podman(4, 8)),
    row("Image", Text, Special(S::Pulled), Podman(4, 8), Takes::Image, "The image to pull."),
];
