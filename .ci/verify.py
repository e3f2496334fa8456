#!/usr/bin/env python3
"""Ask `systemd-analyze verify` about every unit made of files from the wild, by Quadlet and by Wharf.

What systemd takes from Quadlet it has to take from Wharf. The systemd asked is the one of the root
that the Quadlet lies in, seen through an overlay, so that nothing is left there. Needs root.
"""
import argparse
import glob
import os
import subprocess
import sys
import tempfile

# Runs in a mount namespace of its own: SCRATCH has the units, ROOT is the root.
INSIDE = r"""
set -eu
mkdir "$1/over" && mount -t tmpfs tmpfs "$1/over" && cd "$1/over" && mkdir up work root
mount -t overlay -o "lowerdir=$2,upperdir=up,workdir=work" overlay root
mount -t proc proc root/proc
mount --bind "$1/units" root/mnt
exec chroot root sh -c '
    cd /mnt && find . -name "*.service" -type f -print0 | xargs -0 -P 2 -n 1 sh -c '\''
        export SYSTEMD_UNIT_PATH="${0%/*}:" SYSTEMD_LOG_LEVEL=warning
        says=$(systemd-analyze verify --man=no --generators=no --recursive-errors=no "$0" 2>&1) && fate=good || fate=bad
        printf "%s\t%s\t%s\n" "$fate" "$0" "$(echo "$says" | tr "\n\t" "  ")"
    '\'''
"""


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    args.add_argument("--kit", required=True, help="folder with wild/")
    args.add_argument("--quadlet", required=True, help="the real Quadlet, in its root")
    args.add_argument("--generator", required=True, help="Wharf's generator")
    opts = args.parse_args()
    root = opts.quadlet.removesuffix("/usr/libexec/podman/quadlet")

    with tempfile.TemporaryDirectory(prefix="wharf-verify.") as scratch:
        for side, program in (("quadlet", opts.quadlet), ("wharf", opts.generator)):
            for folder in glob.glob(os.path.join(opts.kit, "wild", "*", "")):
                out = os.path.join(scratch, "units", side, os.path.basename(folder.rstrip("/")))
                os.makedirs(out)
                subprocess.run([program, "-no-kmsg-log", out], check=False,
                               stderr=subprocess.DEVNULL,
                               env={"QUADLET_UNIT_DIRS": folder, "PATH": "/usr/bin:/bin"})
        ran = subprocess.run(["unshare", "--mount", "sh", "-c", INSIDE, "sh", scratch, root],
                             check=False, stdout=subprocess.PIPE, text=True)
    rows = [line.split("\t") for line in ran.stdout.splitlines()]
    said = {unit: (fate, text) for fate, unit, text in rows}
    by_side = {side: {unit.removeprefix("./%s/" % side): fate for unit, (fate, _) in said.items()
                      if unit.startswith("./%s/" % side)} for side in ("quadlet", "wharf")}
    worse = sorted(unit for unit, fate in by_side["quadlet"].items()
                   if fate == "good" and by_side["wharf"].get(unit, "bad") == "bad")
    for unit in worse:
        print("%s: %s" % (unit, said.get("./wharf/" + unit, ("", "not written"))[1]))
    for side, fates in by_side.items():
        print("%s: systemd takes %d of %d units"
              % (side, list(fates.values()).count("good"), len(fates)))
    print("%d units are taken of Quadlet and not of Wharf" % len(worse))
    return 1 if worse or not by_side["quadlet"] else 0


if __name__ == "__main__":
    sys.exit(main())
