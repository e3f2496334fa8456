//! Rows that several kinds have alike. Those that came with different releases take the release.

use super::{Emit, Key, Podman, Read, Special, Takes, row};

#[rustfmt::skip]
mod rows {
    use super::{Emit::{Bare, Flag, Nothing, Special}, Key, Podman, Read::{Args, Bool, Lines, LastArgs, Map, Number, Raw, Text, Words}, Special as S, Takes, row};

    pub(in super::super) const GLOBAL_ARGS: Key = row("GlobalArgs", Args, Nothing, Podman(4, 8), Takes::Text("ARG…"), "Arguments of `podman` itself, before the subcommand.").guarded();
    pub(in super::super) const CONF_MODULE: Key = row("ContainersConfModule", Lines, Nothing, Podman(4, 8), Takes::Path, "A module of containers.conf to load.");
    pub(in super::super) const PODMAN_ARGS: Key = row("PodmanArgs", Args, Bare, Podman(4, 6), Takes::Text("ARG…"), "Arguments for Podman that no key stands for.").guarded();
    pub(in super::super) const SERVICE_NAME: Key = row("ServiceName", Text, Nothing, Podman(5, 3), Takes::Text("NAME"), "The service's name without `.service`, in place of the one made of the file's name.");

    pub(in super::super) const USER_NS: Key = row("UserNS", Text, Special(S::UserMapping), Podman(4, 5), Takes::Text("MODE"), "The user namespace: `keep-id`, `auto`, `host` and others of `--userns`.");
    pub(in super::super) const UID_MAP: Key = row("UIDMap", Words, Nothing, Podman(4, 8), Takes::Text("CONTAINER:HOST:COUNT"), "A range of user IDs to map.").guarded();
    pub(in super::super) const GID_MAP: Key = row("GIDMap", Words, Nothing, Podman(4, 8), Takes::Text("CONTAINER:HOST:COUNT"), "A range of group IDs to map.").guarded();
    pub(in super::super) const SUB_UID_MAP: Key = row("SubUIDMap", Text, Nothing, Podman(4, 8), Takes::Text("NAME"), "The name in `/etc/subuid` whose ranges are used.");
    pub(in super::super) const SUB_GID_MAP: Key = row("SubGIDMap", Text, Nothing, Podman(4, 8), Takes::Text("NAME"), "The name in `/etc/subgid` whose ranges are used.");
    pub(in super::super) const REMAP_USERS: Key = row("RemapUsers", Raw, Nothing, Podman(4, 4), Takes::OneOf(&["manual", "auto", "keep-id"]), "How user IDs are mapped.").deprecated("UserNS");
    pub(in super::super) const REMAP_UID: Key = row("RemapUid", Words, Nothing, Podman(4, 4), Takes::Text("MAP"), "User IDs for `RemapUsers=`.").guarded().deprecated("UserNS");
    pub(in super::super) const REMAP_GID: Key = row("RemapGid", Words, Nothing, Podman(4, 4), Takes::Text("MAP"), "Group IDs for `RemapUsers=`.").guarded().deprecated("UserNS");
    pub(in super::super) const REMAP_UID_SIZE: Key = row("RemapUidSize", Number, Nothing, Podman(4, 4), Takes::Number, "How many IDs `RemapUsers=auto` takes.").deprecated("UserNS");

    pub(in super::super) const NETWORK: Key = row("Network", Lines, Special(S::Network), Podman(4, 4), Takes::Text("NETWORK[:OPTION,…]"), "A network to join: a `.network` definition, a `.container` whose network is shared, a name, or a mode such as `host`.");
    pub(in super::super) const VOLUME: Key = row("Volume", Lines, Special(S::Volume), Podman(4, 4), Takes::Text("[SOURCE:]PATH[:OPTION,…]"), "A volume or folder to mount: a `.volume` definition, a name, an absolute path, or one that begins with `.`.");
    pub(in super::super) const LABEL: Key = row("Label", Map, Flag("--label"), Podman(4, 4), Takes::Pairs, "Labels.");
    pub(in super::super) const PUBLISH_PORT: Key = row("PublishPort", Lines, Flag("--publish"), Podman(4, 4), Takes::Text("[[IP:]HOST:]CONTAINER[/PROTOCOL]"), "A port to publish on the host.");
    pub(in super::super) const SECRET: Key = row("Secret", Args, Flag("--secret"), Podman(4, 5), Takes::Text("NAME[,OPTION=VALUE…]"), "A secret of Podman's to hand over.").guarded();
    pub(in super::super) const DNS: Key = row("DNS", Lines, Flag("--dns"), Podman(4, 7), Takes::Text("IP"), "A name server.");
    pub(in super::super) const DNS_OPTION: Key = row("DNSOption", Lines, Flag("--dns-option"), Podman(4, 7), Takes::Text("OPTION"), "An option of resolv.conf(5).");
    pub(in super::super) const DNS_SEARCH: Key = row("DNSSearch", Lines, Flag("--dns-search"), Podman(4, 7), Takes::Text("DOMAIN"), "A domain to search names in.");
    pub(in super::super) const ADD_HOST: Key = row("AddHost", Lines, Flag("--add-host"), Podman(5, 3), Takes::Text("NAME:IP"), "A line for `/etc/hosts`.");
    pub(in super::super) const NETWORK_ALIAS: Key = row("NetworkAlias", Lines, Flag("--network-alias"), Podman(5, 2), Takes::Text("NAME"), "One more name in its networks.");
    pub(in super::super) const IP: Key = row("IP", Text, Flag("--ip"), Podman(4, 5), Takes::Text("IPV4"), "A static IPv4 address.");
    pub(in super::super) const IP6: Key = row("IP6", Text, Flag("--ip6"), Podman(4, 5), Takes::Text("IPV6"), "A static IPv6 address.");
    pub(in super::super) const SHM_SIZE: Key = row("ShmSize", Text, Flag("--shm-size"), Podman(4, 7), Takes::Size, "The size of `/dev/shm`.");
    pub(in super::super) const GROUP_ADD: Key = row("GroupAdd", Lines, Flag("--group-add"), Podman(5, 1), Takes::Text("GROUP"), "One more group of the main process.");
    pub(in super::super) const LOG_DRIVER: Key = row("LogDriver", Text, Flag("--log-driver"), Podman(4, 5), Takes::Text("DRIVER"), "Where the output goes: `journald`, `k8s-file`, `none`, `passthrough`.").empty_is_unset();
    pub(in super::super) const LOG_OPT: Key = row("LogOpt", Words, Flag("--log-opt"), Podman(5, 2), Takes::Text("NAME=VALUE"), "An option of the log driver.").guarded();

    pub(in super::super) const ARCH: Key = row("Arch", Text, Flag("--arch"), Podman(4, 8), Takes::Text("ARCH"), "The architecture of the image, in place of the host's.");
    pub(in super::super) const AUTH_FILE: Key = row("AuthFile", Text, Flag("--authfile"), Podman(4, 8), Takes::Path, "The file with the registry's credentials.");
    pub(in super::super) const CERT_DIR: Key = row("CertDir", Text, Flag("--cert-dir"), Podman(4, 8), Takes::Path, "The folder with the registry's certificates.");
    pub(in super::super) const CREDS: Key = row("Creds", Text, Flag("--creds"), Podman(4, 8), Takes::Text("USER:PASSWORD"), "Credentials of the registry.");
    pub(in super::super) const DECRYPTION_KEY: Key = row("DecryptionKey", Text, Flag("--decryption-key"), Podman(4, 8), Takes::Text("KEY[:PASSPHRASE]"), "The key of an encrypted image.");
    pub(in super::super) const VARIANT: Key = row("Variant", Text, Flag("--variant"), Podman(4, 8), Takes::Text("VARIANT"), "The variant of the architecture.");
    pub(in super::super) const RETRY: Key = row("Retry", Text, Flag("--retry"), Podman(5, 5), Takes::Number, "How often a failed pull is tried again.");
    pub(in super::super) const RETRY_DELAY: Key = row("RetryDelay", Text, Flag("--retry-delay"), Podman(5, 5), Takes::Time, "How long to wait between two tries.");
    pub(in super::super) const TLS_VERIFY: Key = row("TLSVerify", Bool, super::Emit::Switch("--tls-verify"), Podman(4, 8), Takes::Bool, "Whether the registry's certificate is checked.");
    pub(in super::super) const EXEC: Key = row("Exec", LastArgs, Bare, Podman(4, 4), Takes::Text("ARG…"), "The arguments of the container's program.");
    pub(in super::super) const SET_WORKING_DIRECTORY: Key = row("SetWorkingDirectory", Text, Nothing, Podman(4, 7), Takes::Text("yaml|unit|file|PATH|URL"), "The folder in which Podman runs.");
}
pub(super) use rows::*;

/// Returns the option for pairs, which containers and builds have several of.
pub(super) const fn pairs(
    name: &'static str,
    flag: &'static str,
    since: Podman,
    doc: &'static str,
) -> Key {
    row(name, Read::Map, Emit::Flag(flag), since, Takes::Pairs, doc)
}

/// Returns the row of the name that Podman knows a volume or network by.
pub(super) const fn resource_name(name: &'static str, doc: &'static str) -> Key {
    let emit = Emit::Special(Special::ResourceName);
    row(
        name,
        Read::Text,
        emit,
        Podman(4, 7),
        Takes::Name("NAME"),
        doc,
    )
}
