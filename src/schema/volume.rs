//! `[Volume]`, in the order of `podman volume create`.

use super::Emit::{Flag, Nothing, Special};
use super::Read::{Bool, Number, Text};
use super::{Key, Podman, Special as S, Takes, row, shared};

#[rustfmt::skip]
pub(super) const KEYS: &[Key] = &[
    shared::GLOBAL_ARGS,
    shared::CONF_MODULE,
    shared::SERVICE_NAME,
    row("UID", Text, Flag("--uid"), Podman(6, 0), Takes::Number, "The owner of the volume's folder.").empty_is_unset(),
    row("GID", Text, Flag("--gid"), Podman(6, 0), Takes::Number, "The group of the volume's folder.").empty_is_unset(),
    row("Driver", Text, Flag("--driver"), Podman(4, 8), Takes::Text("DRIVER"), "The driver: `local`, `image` or a plugin.").empty_is_unset(),
    row("Copy", Bool, Special(S::VolumeOptions), Podman(4, 4), Takes::Bool, "Whether the image's files at the mount point are copied in at first use."),
    row("Device", Text, Nothing, Podman(4, 4), Takes::Text("PATH"), "What the volume mounts."),
    row("Type", Text, Nothing, Podman(4, 4), Takes::Text("TYPE"), "The file system of `Device=`, or `bind`."),
    row("Options", Text, Nothing, Podman(4, 4), Takes::Text("OPTION,…"), "Mount options of `Device=`."),
    row("User", Number, Nothing, Podman(4, 4), Takes::Number, "The owner, by number."),
    row("Group", Number, Nothing, Podman(4, 4), Takes::Number, "The group, by number."),
    row("Image", Text, Nothing, Podman(4, 8), Takes::Image, "The image of `Driver=image`, or an `.image` or `.build` definition."),
    shared::LABEL,
    shared::PODMAN_ARGS,
    shared::resource_name("VolumeName", "The volume's name; `systemd-` and the file's name unless set."),
];
