//! The table of keys. One row is one key: where it stands, how it is read, what it becomes, since
//! which Podman, what it takes and a line of help. Everything that knows keys reads it from here.
//!
//! The order of a kind's rows is the order of the arguments on its command line. Rows name no
//! function of another stage: what a row cannot say is a [`Special`], and `lower` matches on it.

mod artifact;
mod build;
mod container;
mod image;
mod kube;
mod network;
mod pod;
mod shared;
mod volume;

use std::fmt;

/// A kind of definition; the suffix of its file says which.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// `.container`, `podman run`.
    Container,
    /// `.pod`, `podman pod create`.
    Pod,
    /// `.volume`, `podman volume create`.
    Volume,
    /// `.network`, `podman network create`.
    Network,
    /// `.kube`, `podman kube play`.
    Kube,
    /// `.image`, `podman image pull`.
    Image,
    /// `.build`, `podman build`.
    Build,
    /// `.artifact`, `podman artifact pull`.
    Artifact,
}

/// What differs between the kinds and is no key.
struct KindRow {
    suffix: &'static str,
    section: &'static str,
    x_section: &'static str,
    service_suffix: &'static str,
    rank: u8,
    keys: &'static [Key],
    index: &'static [(u16, u16)],
    special_rows: &'static [u16],
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Container,
        Self::Pod,
        Self::Volume,
        Self::Network,
        Self::Kube,
        Self::Image,
        Self::Build,
        Self::Artifact,
    ];

    #[rustfmt::skip]
    const fn row(self) -> &'static KindRow {
        match self {
            Self::Container => &KindRow { suffix: "container", section: "Container", x_section: "X-Container", service_suffix: "", rank: 4, keys: container::KEYS, index: const { &index::<{ container::KEYS.len() }>(container::KEYS) }, special_rows: const { &special_rows::<{ count_special(container::KEYS) }>(container::KEYS) } },
            Self::Pod => &KindRow { suffix: "pod", section: "Pod", x_section: "X-Pod", service_suffix: "-pod", rank: 5, keys: pod::KEYS, index: const { &index::<{ pod::KEYS.len() }>(pod::KEYS) }, special_rows: const { &special_rows::<{ count_special(pod::KEYS) }>(pod::KEYS) } },
            Self::Volume => &KindRow { suffix: "volume", section: "Volume", x_section: "X-Volume", service_suffix: "-volume", rank: 2, keys: volume::KEYS, index: const { &index::<{ volume::KEYS.len() }>(volume::KEYS) }, special_rows: const { &special_rows::<{ count_special(volume::KEYS) }>(volume::KEYS) } },
            Self::Network => &KindRow { suffix: "network", section: "Network", x_section: "X-Network", service_suffix: "-network", rank: 2, keys: network::KEYS, index: const { &index::<{ network::KEYS.len() }>(network::KEYS) }, special_rows: const { &special_rows::<{ count_special(network::KEYS) }>(network::KEYS) } },
            Self::Kube => &KindRow { suffix: "kube", section: "Kube", x_section: "X-Kube", service_suffix: "", rank: 4, keys: kube::KEYS, index: const { &index::<{ kube::KEYS.len() }>(kube::KEYS) }, special_rows: const { &special_rows::<{ count_special(kube::KEYS) }>(kube::KEYS) } },
            Self::Image => &KindRow { suffix: "image", section: "Image", x_section: "X-Image", service_suffix: "-image", rank: 1, keys: image::KEYS, index: const { &index::<{ image::KEYS.len() }>(image::KEYS) }, special_rows: const { &special_rows::<{ count_special(image::KEYS) }>(image::KEYS) } },
            Self::Build => &KindRow { suffix: "build", section: "Build", x_section: "X-Build", service_suffix: "-build", rank: 3, keys: build::KEYS, index: const { &index::<{ build::KEYS.len() }>(build::KEYS) }, special_rows: const { &special_rows::<{ count_special(build::KEYS) }>(build::KEYS) } },
            Self::Artifact => &KindRow { suffix: "artifact", section: "Artifact", x_section: "X-Artifact", service_suffix: "-artifact", rank: 1, keys: artifact::KEYS, index: const { &index::<{ artifact::KEYS.len() }>(artifact::KEYS) }, special_rows: const { &special_rows::<{ count_special(artifact::KEYS) }>(artifact::KEYS) } },
        }
    }

    /// Returns the kind whose files end with `.suffix`.
    pub fn from_suffix(suffix: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|k| k.suffix() == suffix)
    }

    /// Returns the kind of a file by its name, and the length of the name before the suffix. A file
    /// that is named just `.container` keeps its whole name.
    pub fn of_file(name: &str) -> Option<(Self, usize)> {
        let (base, suffix) = name.rsplit_once('.')?;
        let kind = Self::from_suffix(suffix)?;
        Some((
            kind,
            if base.is_empty() {
                name.len()
            } else {
                base.len()
            },
        ))
    }

    /// Returns the suffix of its files, without the dot.
    pub const fn suffix(self) -> &'static str {
        self.row().suffix
    }

    /// Returns the name of its own section.
    pub const fn section(self) -> &'static str {
        self.row().section
    }

    /// Returns the name that its own section has in a unit, where systemd ignores it.
    pub const fn x_section(self) -> &'static str {
        self.row().x_section
    }

    /// Returns what its services' names have behind the name of the file.
    pub const fn service_suffix(self) -> &'static str {
        self.row().service_suffix
    }

    /// Returns when its definitions are handled: lower ranks do not refer to higher ones, mostly.
    pub const fn rank(self) -> u8 {
        self.row().rank
    }

    /// Returns its keys in the order of its command line.
    pub const fn keys(self) -> &'static [Key] {
        self.row().keys
    }

    /// Returns the row number of a key.
    pub fn key(self, name: &str) -> Option<u16> {
        let index = self.row().index;
        let wanted = signature(name);
        let from = index.partition_point(|&(signature, _)| signature < wanted);
        let same = index
            .iter()
            .skip(from)
            .take_while(|&&(signature, _)| signature == wanted);
        let is_it = |row: u16| {
            self.keys()
                .get(row as usize)
                .is_some_and(|k| k.name == name)
        };
        same.map(|&(_, row)| row).find(|&row| is_it(row))
    }

    /// Returns the rows of keys that have to be looked at also where they are not set.
    pub const fn special_rows(self) -> &'static [u16] {
        self.row().special_rows
    }

    /// Returns the row of a key.
    pub fn row_of(self, name: &str) -> Option<&'static Key> {
        self.keys().get(self.key(name)? as usize)
    }

    /// Returns whether the service of a definition without `[Install]` is one that people enable.
    pub const fn is_started_by_itself(self) -> bool {
        matches!(self, Self::Container | Self::Pod | Self::Kube)
    }
}

/// Returns a number in which most keys differ: the length and the first letter.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a key is shorter than 256 bytes"
)]
const fn signature(name: &str) -> u16 {
    match name.as_bytes() {
        [] => 0,
        [first, ..] => ((name.len() as u16) << 8) | *first as u16,
    }
}

/// Returns the signatures of a kind's keys with their rows, sorted; made when Wharf is built.
#[expect(
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    reason = "within the table; computed when Wharf is built"
)]
const fn index<const N: usize>(keys: &[Key]) -> [(u16, u16); N] {
    let mut all = [(0, 0); N];
    let mut row = 0;
    while row < N {
        let new = (signature(keys[row].name), row as u16);
        let mut at = row;
        while at > 0 && all[at - 1].0 > new.0 {
            all[at] = all[at - 1];
            at -= 1;
        }
        all[at] = new;
        row += 1;
    }
    all
}

#[expect(
    clippy::indexing_slicing,
    reason = "within the table; computed when Wharf is built"
)]
const fn count_special(keys: &[Key]) -> usize {
    let mut count = 0;
    let mut row = 0;
    while row < keys.len() {
        if matches!(keys[row].emit, Emit::Special(_)) {
            count += 1;
        }
        row += 1;
    }
    count
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    reason = "within the table; computed when Wharf is built"
)]
const fn special_rows<const N: usize>(keys: &[Key]) -> [u16; N] {
    let mut all = [0; N];
    let (mut at, mut row) = (0, 0);
    while row < keys.len() {
        if matches!(keys[row].emit, Emit::Special(_)) {
            all[at] = row as u16;
            at += 1;
        }
        row += 1;
    }
    all
}

/// A version of Podman, major and minor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Podman(pub u8, pub u8);

impl fmt::Display for Podman {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

/// How the assignments of a key are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// The last one counts, one pair of quotes around it goes; empty is not set.
    Text,
    /// The same, but empty is a value.
    TextOrEmpty,
    /// The last one counts, as it stands.
    Raw,
    /// Each is one value, as it stands; an empty one forgets those before.
    Lines,
    /// Each is split into words, in which a backslash is a letter; an empty one forgets.
    Words,
    /// Each is split into words, in which escapes are decoded; an empty one forgets.
    Args,
    /// The words of the last one.
    LastArgs,
    /// Words `NAME=VALUE`; the last of a name counts, sorted by name; an empty one forgets.
    Map,
    /// The last one counts: `1`, `yes`, `true`, `on` in any case are true, all else is false.
    Bool,
    /// The last one counts: a number of 32 bits as C writes them.
    Number,
}

/// What a key becomes on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emit {
    /// Nothing here; other code asks for the key.
    Nothing,
    /// `--flag VALUE`, for each value.
    Flag(&'static str),
    /// `--flag VALUE` in lower case, for each value.
    LowerFlag(&'static str),
    /// `--flag PATH`, for each value, relative to the definition's folder.
    PathFlag(&'static str),
    /// `--flag=VALUE`, one word.
    Joined(&'static str),
    /// `--flag PREFIXVALUE`, for each value.
    Option(&'static str, &'static str),
    /// `--flag` or `--flag=false`.
    Switch(&'static str),
    /// These words if true, else nothing.
    IfTrue(&'static [&'static str]),
    /// The words themselves.
    Bare,
    /// What a row cannot say.
    Special(Special),
}

/// Keys whose arguments need code of their own; `lower` has an arm for each. They are also reached
/// when the key is absent, since most of them have a default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Special {
    /// `CgroupsMode=`: `--cgroups=split` unless set.
    Cgroups,
    /// `Network=`: may name a definition.
    Network,
    /// `Notify=`: `--sdnotify` and `-d`, but for a one-shot service.
    Notify,
    /// `VolatileTmp=`: only beside a root that can be written.
    VolatileTmp,
    /// `User=` with `Group=`.
    User,
    /// `UserNS=` and its family, old and new.
    UserMapping,
    /// `Volume=`: may name a definition.
    Volume,
    /// `AddDevice=`: may be optional.
    Device,
    /// `ExposeHostPort=`: checked.
    ExposePort,
    /// `Mount=`: CSV that may name a definition.
    Mount,
    /// `Pod=` of a container.
    Pod,
    /// `Image=` or `Rootfs=` of a container.
    ContainerImage,
    /// `ExitPolicy=` of a pod: `stop` unless set.
    ExitPolicy,
    /// `PodName=`: two options.
    PodName,
    /// `Copy=`, `Device=`, `Type=`, `Options=`, `User=`, `Group=`, `Image=` of a volume.
    VolumeOptions,
    /// The name of a volume or network.
    ResourceName,
    /// `Subnet=` with `Gateway=` and `IPRange=`.
    Subnets,
    /// `AutoUpdate=` of a kube definition.
    KubeAutoUpdate,
    /// `Yaml=`.
    Yaml,
    /// `Image=` or `Artifact=` to pull.
    Pulled,
    /// The context of a build.
    Context,
}

/// What a value is: for the help, the completion and the checks that hold for all such values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Yes or no.
    Bool,
    /// A whole number.
    Number,
    /// Any text; what stands for it in the help.
    Text(&'static str),
    /// One of these, or a text that has a specifier or variable in it.
    OneOf(&'static [&'static str]),
    /// The name of something of Podman's; never an option.
    Name(&'static str),
    /// A reference to an image; never an option.
    Image,
    /// A path.
    Path,
    /// A time span.
    Time,
    /// A size in bytes with a unit.
    Size,
    /// `NAME=VALUE`.
    Pairs,
}

/// A key: one row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// The key as it is written, case and all.
    pub name: &'static str,
    /// How its assignments are read.
    pub read: Read,
    /// What it becomes.
    pub emit: Emit,
    /// The first Podman whose Quadlet takes it.
    pub since: Podman,
    /// What its values are.
    pub takes: Takes,
    /// One sentence of help.
    pub doc: &'static str,
    /// Whether a line that cannot be read is an error: what it says protects the host or the data.
    pub guarded: bool,
    /// Whether Quadlet passes an empty value on, so that the option eats the next argument.
    pub empty_is_unset: bool,
    /// What to use instead, for a key that Podman calls deprecated.
    pub instead: Option<&'static str>,
}

impl Key {
    const fn guarded(self) -> Self {
        Self {
            guarded: true,
            ..self
        }
    }

    const fn empty_is_unset(self) -> Self {
        Self {
            empty_is_unset: true,
            ..self
        }
    }

    const fn deprecated(self, instead: &'static str) -> Self {
        Self {
            instead: Some(instead),
            ..self
        }
    }

    const fn since(self, since: Podman) -> Self {
        Self { since, ..self }
    }
}

const fn row(
    name: &'static str,
    read: Read,
    emit: Emit,
    since: Podman,
    takes: Takes,
    doc: &'static str,
) -> Key {
    Key {
        name,
        read,
        emit,
        since,
        takes,
        doc,
        guarded: false,
        empty_is_unset: false,
        instead: None,
    }
}

/// The one key of `[Quadlet]`, which every kind takes.
pub const DEFAULT_DEPENDENCIES: &str = "DefaultDependencies";
/// The keys of `[Quadlet]`.
pub const QUADLET_KEYS: &[Key] = &[row(
    DEFAULT_DEPENDENCIES,
    Read::Bool,
    Emit::Nothing,
    Podman(5, 3),
    Takes::Bool,
    "Whether the service waits for the network to be online.",
)];

/// The keys of `[Unit]` whose words may name definitions.
pub const DEPENDENCY_KEYS: [&str; 15] = [
    "After",
    "Before",
    "BindsTo",
    "Conflicts",
    "OnFailure",
    "OnSuccess",
    "PartOf",
    "PropagatesReloadTo",
    "PropagatesStopTo",
    "ReloadPropagatedFrom",
    "Requires",
    "Requisite",
    "StopPropagatedFrom",
    "Upholds",
    "Wants",
];

/// What a section is to the definition it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// The kind's own.
    Own,
    /// `[Quadlet]`.
    Quadlet,
    /// `[Unit]`.
    Unit,
    /// `[Service]`.
    Service,
    /// `[Install]`.
    Install,
    /// One that systemd ignores and nobody checks: `[X-…]`.
    Foreign,
    /// None that anybody knows; copied all the same, as Quadlet does.
    Unknown,
}

impl Section {
    /// Returns what a section of this name is in a definition of this kind.
    pub fn of(kind: Kind, name: &str) -> Self {
        match name {
            "Quadlet" => Self::Quadlet,
            "Unit" => Self::Unit,
            "Service" => Self::Service,
            "Install" => Self::Install,
            name if name == kind.section() => Self::Own,
            name if name.starts_with("X-") => Self::Foreign,
            _ => Self::Unknown,
        }
    }
}
