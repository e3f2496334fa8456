//! `[Network]`, in the order of `podman network create`.

use super::Emit::{Flag, Nothing, Special, Switch};
use super::Read::{Bool, Lines, Map, Text};
use super::{Key, Podman, Special as S, Takes, row, shared};

#[rustfmt::skip]
pub(super) const KEYS: &[Key] = &[
    shared::GLOBAL_ARGS,
    shared::CONF_MODULE,
    shared::SERVICE_NAME,
    row("NetworkDeleteOnStop", Bool, Nothing, Podman(5, 5), Takes::Bool, "Whether stopping the service removes the network."),
    row("DisableDNS", Bool, Switch("--disable-dns"), Podman(4, 4), Takes::Bool, "Whether containers cannot find each other by name."),
    row("Internal", Bool, Switch("--internal"), Podman(4, 4), Takes::Bool, "Whether nothing outside can be reached."),
    row("IPv6", Bool, Switch("--ipv6"), Podman(4, 4), Takes::Bool, "Whether it has IPv6 too."),
    row("Driver", Text, Flag("--driver"), Podman(4, 4), Takes::Text("DRIVER"), "The driver: `bridge`, `macvlan`, `ipvlan`."),
    row("IPAMDriver", Text, Flag("--ipam-driver"), Podman(4, 4), Takes::OneOf(&["dhcp", "host-local", "none"]), "Who hands out addresses."),
    row("InterfaceName", Text, Flag("--interface-name"), Podman(5, 6), Takes::Text("NAME"), "The interface on the host."),
    shared::DNS,
    row("Subnet", Lines, Special(S::Subnets), Podman(4, 4), Takes::Text("CIDR"), "A subnet."),
    row("Gateway", Lines, Nothing, Podman(4, 4), Takes::Text("IP"), "The gateway of the subnet of the same place in the list."),
    row("IPRange", Lines, Nothing, Podman(4, 4), Takes::Text("CIDR|FROM-TO"), "The addresses to hand out from the subnet of the same place in the list."),
    row("Options", Map, Flag("--opt"), Podman(4, 4), Takes::Pairs, "Options of the driver."),
    shared::LABEL,
    shared::PODMAN_ARGS,
    shared::resource_name("NetworkName", "The network's name; `systemd-` and the file's name unless set."),
];
