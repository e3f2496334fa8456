#!/usr/bin/env python3
"""Write a folder of definitions as people write them, the same bytes for the same arguments.

    gen_workload.py FOLDER N [--seed S] [--folders K] [--no-dropins] [--broken PERCENT]

Of N definitions 70 % are containers, 10 % volumes, 8 % networks, 6 % pods, 4 % images and 2 %
builds. Containers have 8 to 25 keys and refer to the others. Some are templates, each with an
instance that is a link to it. About one container in ten has a drop-in folder; from N = 10 on one
drop-in is for all containers and one for a name prefix. All keys are known since Podman 5.4.
FOLDER must be empty or missing. Prints a summary as JSON.
"""
import argparse
import json
import os
import random
import sys

SHARES = {"container": 70, "volume": 10, "network": 8, "pod": 6, "image": 4, "build": 2}
ROLES = ("web api db cache queue worker proxy auth mail metrics grafana git wiki chat media backup "
         "search cron dns vpn registry runner vault sync").split()
IMAGES = """
    docker.io/library/nginx:1.27 docker.io/library/postgres:16-alpine docker.io/library/redis:7
    quay.io/prometheus/prometheus:v2.53.0 docker.io/grafana/grafana:11.1.0
    ghcr.io/home-assistant/home-assistant:stable docker.io/library/mariadb:11
    quay.io/keycloak/keycloak:25.0 docker.io/gitea/gitea:1.22
    registry.example.org:5000/team/app:2.4.1 docker.io/library/traefik:v3.1
    lscr.io/linuxserver/jellyfin:latest
""".split()
ENVIRONMENT = (
    "TZ=Europe/Berlin", "LOG_LEVEL=info", "NODE_ENV=production", "PUID=1000", "PGID=1000",
    "DB_HOST=db.internal", "DB_PORT=5432", "DB_NAME=app", "DB_USER=app",
    "REDIS_URL=redis://cache:6379/0", "SMTP_HOST=mail.internal",
    "\"JAVA_OPTS=-Xms256m -Xmx512m\"", "WORKERS=4", "\"MOTD=hello from a container\"",
    "BASE_URL=https://app.example.org", "POSTGRES_DB=app POSTGRES_USER=app",
    "FEATURE_FLAGS=a,b,c", "S3_BUCKET=backups", "HTTP_PROXY=", "LISTEN=0.0.0.0:8080")
# What a container may have besides, drawn in random order, each at most so often.
POOL = (["env"] * 6 + ["vol"] * 4 + ["label"] * 3
        + ["secret", "auto", "exec", "user", "ro", "cap", "tmpfs", "sysctl", "args", "nnp", "addhost",
           "envfile", "log", "ulimit", "shm", "host", "notify", "annotation", "stop"])
PORTS = ("%d:8080", "127.0.0.1:%d:80", "%d:5432/tcp", "[::1]:%d:443", "%d:53/udp")
HEALTH = ("curl -fsS http://localhost:8080/health || exit 1", "pg_isready -U app",
          '["CMD", "redis-cli", "ping"]')


def counts(n):
    """How many definitions of each kind, by largest remainder."""
    exact = {kind: n * share / 100 for kind, share in SHARES.items()}
    got = {kind: int(x) for kind, x in exact.items()}
    by_remainder = sorted(exact, key=lambda kind: int(exact[kind]) - exact[kind])
    for kind in by_remainder[:n - sum(got.values())]:
        got[kind] += 1
    return got


def names(rng, kind, count):
    letter = "" if kind == "container" else kind[0]
    return ["%s-%s%05d" % (rng.choice(ROLES), letter, i) for i in range(count)]


def section(rng, title, keys, last=False):
    comment = ("# %s settings, see the wiki for why\n" % title.lower()
               if rng.random() < 0.15 else "")
    lines = "".join("%s=%s\n" % pair for pair in keys)
    return "%s[%s]\n%s%s" % (comment, title, lines, "" if last else "\n")


def container(rng, name, i, ref, pod, template):
    want = rng.randint(8, 25)                       # keys in all sections together
    unit = [("Description", "%s service number %d" % (name.split("-")[0].capitalize(), i))]
    if rng.random() < 0.4:
        unit += [("After", "network-online.target"), ("Wants", "network-online.target")]
    if i and rng.random() < 0.15:
        unit.append(("After", ref["containers"][rng.randrange(i)] + ".container"))
    r = rng.random()
    if ref["image"] and r < 0.10:
        body = [("Image", rng.choice(ref["image"]) + ".image")]
    elif ref["build"] and r < 0.14:
        body = [("Image", rng.choice(ref["build"]) + ".build")]
    else:
        body = [("Image", rng.choice(IMAGES))]
    if not template and rng.random() < 0.7:
        body.append(("ContainerName", name))
    if pod:
        body.append(("Pod", pod + ".pod"))
    elif ref["network"] and rng.random() < 0.8:
        body.append(("Network", rng.choice(ref["network"]) + ".network"))
    service = [("Restart", rng.choice(("always", "on-failure", "always")))]
    if rng.random() < 0.5:
        service.append(("TimeoutStartSec", str(rng.choice((120, 300, 900)))))
    targets = ("multi-user.target", "default.target", "multi-user.target default.target")
    install = [("WantedBy", rng.choice(targets))]
    if template and rng.random() < 0.5:
        install.append(("DefaultInstance", "main"))
    space = want - len(unit) - len(body) - len(service) - len(install)
    body += sorted(extras(rng, name, i, ref, space, pod), key=lambda pair: pair[0])
    return (section(rng, "Unit", unit) + section(rng, "Container", body)
            + section(rng, "Service", service) + section(rng, "Install", install, last=True))


def extras(rng, name, i, ref, space, pod):
    """At least `space` more keys of a container, while there are any to draw."""
    rest, seen = [], set()
    environment = list(ENVIRONMENT)
    rng.shuffle(environment)
    port = 10000 + i % 50000
    pool = POOL + ([] if pod else ["port"] * 2) + ["health"] * 2
    rng.shuffle(pool)
    while len(rest) < space and pool:
        what = pool.pop()
        at = len(rest)
        if what == "env":
            rest.append(("Environment", environment.pop()))
        elif what == "vol" and ref["volume"] and rng.random() < 0.5:
            volume, mode = rng.choice(ref["volume"]), rng.choice(("", ":Z", ":ro"))
            rest.append(("Volume", "%s.volume:/data%d%s" % (volume, at, mode)))
        elif what == "vol":
            mode = rng.choice(("ro", "rw,Z", "z"))
            rest.append(("Volume", "/srv/%s/%d:/mnt/%d:%s" % (name, at, at, mode)))
        elif what == "port":
            rest.append(("PublishPort", rng.choice(PORTS) % port))
            port += 1
        elif what == "label":
            rule = "traefik.http.routers.%s.rule=Host(`%s.example.org`)" % (name, name)
            rest.append(("Label", rng.choice((
                "app=%s" % name, "traefik.enable=true", '"org.example.note=some words here"',
                rule, "tier=%d" % (i % 4)))))
        elif what == "health":
            if "health" in seen:
                continue
            rest.append(("HealthCmd", rng.choice(HEALTH)))
            if len(rest) < space:
                rest.append(("HealthInterval", rng.choice(("30s", "1m", "2m"))))
            if len(rest) < space:
                rest.append(("HealthRetries", str(rng.randint(2, 5))))
        else:
            rest.append(single(rng, what, name, i, "health" in seen))
        seen.add(what)
    return rest


def single(rng, what, name, i, has_health):
    """A key that a container has once."""
    commands = ("/usr/bin/server --config /etc/app.conf --listen 0.0.0.0:8080",
                'sh -c "exec run --name \'%s\'"' % name,
                "--workers=4 \\\n  --bind=0.0.0.0:8000 \\\n  app.wsgi:application")
    command = rng.choice(commands)
    return {
        "secret": ("Secret", "%s-token,type=env,target=TOKEN" % name.split("@", maxsplit=1)[0]),
        "auto": ("AutoUpdate", "registry"),
        "exec": ("Exec", command),
        "user": ("User", "1000:1000"),
        "ro": ("ReadOnly", "true"),
        "cap": ("DropCapability", "all"),
        "tmpfs": ("Tmpfs", "/tmp:rw,size=64m"),
        "sysctl": ("Sysctl", "net.core.somaxconn=1024"),
        "args": ("PodmanArgs", "--cpus=1.5 --memory=512m"),
        "nnp": ("NoNewPrivileges", "true"),
        "addhost": ("AddHost", "backend:10.0.0.%d" % (i % 250 + 1)),
        "envfile": ("EnvironmentFile", "/etc/default/%s.env" % name),
        "log": ("LogDriver", "journald"),
        "ulimit": ("Ulimit", "nofile=65536:65536"),
        "shm": ("ShmSize", "128m"),
        "host": ("HostName", "h%d" % i),
        "notify": ("Notify", "healthy" if has_health else "true"),
        "annotation": ("Annotation", "run.oci.keep_original_groups=1"),
        "stop": ("StopTimeout", "30"),
    }[what]


def some(rng, pairs, most):
    return rng.sample(pairs, rng.randint(0, most))


def volume(rng, name, _i, _ref):
    keys = some(rng, [("Label", "app=%s" % name), ("User", "1000"), ("Group", "1000"),
                      ("Copy", "true"), ("Label", "backup=daily")], 4)
    if rng.random() < 0.15:
        keys += [("Driver", "local"), ("Device", "/dev/disk/by-label/%s" % name),
                 ("Type", "ext4"), ("Options", "noatime")]
    if rng.random() < 0.4:
        keys.insert(0, ("VolumeName", name))
    return keys


def network(rng, name, i, _ref):
    net = "10.%d.%d" % (100 + i // 250, i % 250)
    keys = [("Subnet", net + ".0/24"), ("Gateway", net + ".1")]
    keys += some(rng, [("Label", "app=%s" % name), ("IPv6", "false"), ("Internal", "true"),
                       ("DisableDNS", "false"), ("Options", "mtu=1400"), ("Driver", "bridge")], 4)
    if rng.random() < 0.5:
        keys.insert(0, ("NetworkName", name))
    return keys


def pod(rng, name, i, ref):
    keys = [("PodName", name)]
    if ref["network"]:
        keys.append(("Network", rng.choice(ref["network"]) + ".network"))
    keys += [("PublishPort", "%d:80" % (60000 + i % 5000))] * rng.randint(0, 2)
    return keys + some(rng, [("DNSSearch", "example.org"), ("UserNS", "keep-id"),
                             ("DNS", "1.1.1.1"), ("AddHost", "gw:10.0.0.1")], 3)


def image(rng, _name, _i, _ref):
    return [("Image", rng.choice(IMAGES))] + some(rng, [
        ("Arch", "amd64"), ("OS", "linux"), ("TLSVerify", "true"),
        ("AuthFile", "/etc/containers/auth.json")], 3)


def build(rng, name, _i, _ref):
    folder = "/srv/build/%s" % name
    return [("ImageTag", "localhost/%s:latest" % name), ("SetWorkingDirectory", folder),
            ("File", folder + "/Containerfile")] + some(rng, [
                ("Label", "app=%s" % name), ("Target", "prod"), ("Pull", "newer"),
                ("Environment", "A=b"), ("ForceRM", "false")], 4)


def simple(rng, kind, name, i, ref):
    """The text of a definition that is not a container."""
    unit = ""
    if rng.random() < 0.7:
        unit = section(rng, "Unit", [("Description", "%s %s" % (kind.capitalize(), name))])
    makers = {"volume": volume, "network": network, "pod": pod, "image": image, "build": build}
    keys = makers[kind](rng, name, i, ref)
    service = install = ""
    if kind in ("image", "build"):
        service = section(rng, "Service", [("TimeoutStartSec", "900")])
    if rng.random() < 0.5 or kind == "pod":
        install = section(rng, "Install", [("WantedBy", "default.target")], last=True)
    return unit + section(rng, kind.capitalize(), keys) + service + install


class Folder:
    """The folder being filled, and what was put there."""

    def __init__(self, path, spread):
        self.path, self.spread = path, spread
        self.summary = {"definitions": 0, "files": 0, "bytes": 0, "links": 0, "dropins": 0}

    def put(self, name, text, what="definitions"):
        """Writes a file, definitions spread over the sub-folders; gives its folder."""
        folder = self.path
        if self.spread and what == "definitions":
            folder = os.path.join(folder, "%03d" % (self.summary["definitions"] % self.spread))
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        self.summary["files"] += 1
        self.summary["bytes"] += len(text.encode())
        self.summary[what] += 1
        return folder


def containers(rng, count, ref, folder, opts):
    i = 0
    while i < count:
        name = ref["containers"][i]
        template = i + 1 < count and i % 40 == 7
        of_pod = None
        if i // 4 < len(ref["pod"]) and not template:
            of_pod = ref["pod"][i // 4]
        full = name + ("@" if template else "")
        text = container(rng, full, i, ref, of_pod, template)
        if rng.random() * 100 < opts.broken:
            text = text.replace("[Container]\n", "[Container]\nNoSuchKey=%s\n" % name)
        where = folder.put(full + ".container", text)
        if template:                                # its instance takes the next one's place
            os.symlink(name + "@.container", os.path.join(where, name + "@one.container"))
            ref["containers"][i] = ref["containers"][i + 1] = name + "@one"
            folder.summary["links"] += 1
            folder.summary["definitions"] += 1
            i += 1
        elif not opts.no_dropins and rng.random() < 0.10:
            lines = rng.sample(["Environment=DROPIN=%d" % i, "Label=dropin=yes",
                                "PodmanArgs=--cpu-shares=512",
                                "Volume=/etc/localtime:/etc/localtime:ro", "StopTimeout=60"],
                               rng.randint(2, 4))
            folder.put("%s.container.d/10-local.conf" % name,
                       "[Container]\n" + "\n".join(lines) + "\n", "dropins")
        i += 1


def main():
    args = argparse.ArgumentParser(description=__doc__,
                                   formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("folder")
    args.add_argument("n", type=int)
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--folders", type=int, default=0,
                      help="spread the definitions over so many sub-folders")
    args.add_argument("--no-dropins", action="store_true")
    args.add_argument("--broken", type=int, default=0, metavar="PERCENT",
                      help="this share of the containers has an unknown key")
    opts = args.parse_args()
    rng = random.Random(opts.seed * 1000003 + opts.n)
    os.makedirs(opts.folder, exist_ok=True)
    if os.listdir(opts.folder):
        sys.exit("%s is not empty" % opts.folder)

    folder = Folder(opts.folder, opts.folders)
    count = counts(opts.n)
    ref = {kind: names(rng, kind, count[kind]) for kind in SHARES if kind != "container"}
    ref["containers"] = names(rng, "container", count["container"])
    containers(rng, count["container"], ref, folder, opts)
    if not opts.no_dropins and opts.n >= 10:
        folder.put("container.d/00-all.conf", "[Container]\nLabel=managed-by=quadlet\n\n"
                   "[Service]\nTimeoutStopSec=70\n", "dropins")
        folder.put("web-.container.d/20-web.conf", "[Container]\nLabel=tier=front\n", "dropins")
    for kind in SHARES:
        for i, name in enumerate(ref.get(kind, ())):
            folder.put("%s.%s" % (name, kind), simple(rng, kind, name, i, ref))
    json.dump({"n": opts.n, "seed": opts.seed, "kinds": count, **folder.summary}, sys.stdout)
    print()


if __name__ == "__main__":
    main()
