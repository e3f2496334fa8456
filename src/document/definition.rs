//! `wharf-definition(5)`: where definitions are, and every key of every kind.

use super::roff::Roff;
use crate::schema::{Key, Kind, QUADLET_KEYS, Read, Takes};

pub(super) fn page() -> String {
    let mut page = Roff::new(
        "wharf-definition",
        5,
        "what a container, pod, volume, … is, as a file",
    );
    page.section("SYNOPSIS");
    let names = Kind::ALL.map(|kind| format!("`NAME.{}`", kind.suffix()));
    page.paragraph(&names.join(", "));

    page.section("DESCRIPTION");
    page.paragraph(
        "A definition is a file in the syntax of systemd's units, systemd.syntax(7). wharf-generator(8) makes a service of \
         it. All keys are those of Podman's Quadlet, podman-systemd.unit(5), and mean the same.",
    );
    page.paragraph("A container that can be enabled, `~/.config/containers/web.container`:");
    page.example("[Container]\nImage=docker.io/library/nginx\nPublishPort=8080:80");
    page.example("systemctl --user daemon-reload\nsystemctl --user enable --now web");
    page.paragraph(
        "The kind's own section says what Podman is to do; the sections below list its keys. `[Unit]`, `[Service]` and \
         `[Install]` are copied into the unit, systemd.unit(5); in the lists of dependencies of `[Unit]`, names of \
         definitions stand for their services. Sections whose name begins with `X-` are copied and otherwise ignored.",
    );
    folders(&mut page);
    drop_ins(&mut page);

    for kind in Kind::ALL {
        page.section(&format!("[{}]", kind.section()));
        page.paragraph(&about(kind));
        let mut keys: Vec<&Key> = kind.keys().iter().collect();
        keys.sort_by_key(|key| key.name);
        for key in keys {
            row(&mut page, key);
        }
    }
    page.section("[Quadlet]");
    page.paragraph("For every kind.");
    for key in QUADLET_KEYS {
        row(&mut page, key);
    }

    page.section("SEE ALSO");
    page.paragraph("wharf(1), wharf-check(1), wharf-generator(8), podman-systemd.unit(5), systemd.unit(5), systemd.service(5)");
    page.finish()
}

fn folders(page: &mut Roff) {
    page.section("FOLDERS");
    page.paragraph(
        "In Wharf's own folders a definition directly in the folder, or anywhere below its `apps`, counts, and nothing \
         else. Its service can be enabled: `systemctl enable` decides whether it starts. A container, pod or kube \
         definition without `[Install]` gets `WantedBy=default.target`. Of two files of one name the first one in this \
         order counts.",
    );
    page.item("system", "`/etc/containers`, `/usr/share/containers`");
    page.item(
        "user",
        "`$XDG_CONFIG_HOME/containers` (`~/.config/containers`), `/etc/containers/users/$UID`, \
         `/etc/containers/users`, `/usr/share/containers/users/$UID`, `/usr/share/containers/users`",
    );
    page.paragraph(
        "In Quadlet's folders, each a `containers/systemd` as podman-systemd.unit(5) has them, all that is below counts, \
         and `[Install]` acts by itself. While Podman's own generator is active, their units are left to it.",
    );
    page.paragraph("`QUADLET_UNIT_DIRS`, a list of folders with `:` between them, replaces all of these, with Quadlet's rules.");
}

fn drop_ins(page: &mut Roff) {
    page.section("DROP-INS AND TEMPLATES");
    page.paragraph(
        "Files `*.conf` in `web.container.d`, and in `container.d` for all containers, are read behind the definition. Of \
         `a-b.container` these are also in `a-.container.d`. A folder of drop-ins may be in any of the folders above.",
    );
    page.paragraph(
        "`web@.container` is a template, and `web@blue` a service made of it; `%i` in the file is `blue` there. Its \
         `DefaultInstance=` in `[Install]` says which instance `web@` stands for.",
    );
}

fn about(kind: Kind) -> String {
    let service = format!("`NAME{}.service`", kind.service_suffix());
    let what = match kind {
        Kind::Container => "runs a container: `podman run`",
        Kind::Pod => "runs a pod with its containers: `podman pod create`",
        Kind::Volume => "makes a volume: `podman volume create`",
        Kind::Network => "makes a network: `podman network create`",
        Kind::Kube => "runs what a file of Kubernetes describes: `podman kube play`",
        Kind::Image => "pulls an image: `podman image pull`",
        Kind::Build => "builds an image: `podman build`",
        Kind::Artifact => "pulls an artifact: `podman artifact pull`",
    };
    format!(
        "In `NAME.{}`. The service, {service} unless `ServiceName=` is set, {what}.",
        kind.suffix()
    )
}

fn row(page: &mut Roff, key: &Key) {
    let mut facts = vec![key.doc.to_owned(), reading(key.read).to_owned()];
    if let Some(instead) = key.instead {
        facts.push(format!("Deprecated: use `{instead}=`."));
    }
    facts.push(format!("Since Podman {}.", key.since));
    facts.retain(|fact| !fact.is_empty());
    page.item(
        &format!("`{}=`{}", key.name, value(key.takes)),
        &facts.join(" "),
    );
}

fn value(takes: Takes) -> String {
    match takes {
        Takes::Bool => "yes|no".to_owned(),
        Takes::Number => "NUMBER".to_owned(),
        Takes::Text(text) | Takes::Name(text) => text.to_owned(),
        Takes::OneOf(words) => words.join("|"),
        Takes::Image => "IMAGE".to_owned(),
        Takes::Path => "PATH".to_owned(),
        Takes::Time => "TIME".to_owned(),
        Takes::Size => "SIZE".to_owned(),
        Takes::Pairs => "NAME=VALUE…".to_owned(),
    }
}

/// Returns how several assignments go together, and how one is read.
const fn reading(read: Read) -> &'static str {
    match read {
        Read::Text | Read::Raw | Read::Bool | Read::Number => "",
        Read::TextOrEmpty => "An empty value counts.",
        Read::Lines => "May be given several times; an empty one forgets those before.",
        Read::Words | Read::Args => {
            "A list of words; may be given several times, and an empty one forgets those before."
        }
        Read::LastArgs => "A list of words.",
        Read::Map => {
            "A list of pairs; may be given several times, the last of a name counts, and an empty one forgets those before."
        }
    }
}
