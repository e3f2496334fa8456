//! `[Artifact]`, in the order of `podman artifact pull`.

use super::Emit::{Special, Switch};
use super::Read::{Bool, Text};
use super::{Key, Podman, Special as S, Takes, row, shared};

const SINCE: Podman = Podman(5, 7);

#[rustfmt::skip]
pub(super) const KEYS: &[Key] = &[
    shared::GLOBAL_ARGS.since(SINCE),
    shared::CONF_MODULE.since(SINCE),
    shared::SERVICE_NAME.since(SINCE),
    shared::AUTH_FILE.since(SINCE),
    shared::CERT_DIR.since(SINCE),
    shared::CREDS.since(SINCE),
    shared::DECRYPTION_KEY.since(SINCE),
    shared::RETRY.since(SINCE),
    shared::RETRY_DELAY.since(SINCE),
    row("Quiet", Bool, Switch("--quiet"), SINCE, Takes::Bool, "Whether nothing is shown while pulling."),
    shared::TLS_VERIFY.since(SINCE),
    shared::PODMAN_ARGS.since(SINCE),
    row("Artifact", Text, Special(S::Pulled), SINCE, Takes::Image, "The artifact to pull."),
];
