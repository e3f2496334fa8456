#!/usr/bin/env python3
"""Compare Wharf with a real Quadlet on files from the wild, and every difference with a list.

Runs the kit's diff.py as system and as user generator, in its three modes, with links. Each
difference that counts must be named in the list of allowed ones, and each line of the list must
name a difference that is there: so a fault cannot hide, and a line cannot outlive its reason.

The list has five columns, parted by tabs: class, case, unit, key (`Group.Key` or `-`) and the
reason. Case and unit may be patterns (`*`, `?`).
"""
import argparse
import fnmatch
import glob
import json
import os
import subprocess
import sys
import tempfile

# diff.py tells differences of these classes and does not count them: systemd and Podman see none.
MINOR = {"order", "option-order", "x-section", "message"}


def read_allowed(path):
    """[(class, case, unit, key, reason)] of the list."""
    rows = []
    with open(path, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.startswith("#") or not line.strip():
                continue
            row = line.rstrip("\n").split("\t")
            if len(row) != 5 or not all(row):
                sys.exit("%s:%d: five columns are needed, parted by tabs" % (path, number))
            rows.append(tuple(row))
    return rows


def compare(opts, scope):
    """The report of diff.py for one scope."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        run = subprocess.run(
            [sys.executable, os.path.join(opts.kit, "conformance", "diff.py"),
             "--a", opts.quadlet, "--b", opts.generator, "--links", "--quiet",
             "--json", report.name]
            + (["--user"] if scope == "user" else [])
            + sorted(glob.glob(os.path.join(opts.kit, "wild", "*", ""))),
            check=False)
        if run.returncode not in (0, 1):
            sys.exit("diff.py failed with status %d" % run.returncode)
        return json.load(report)


def differences(report):
    """(class, case, unit, key, difference, mode) of each one that counts."""
    for result in report["results"]:
        for found in result["differences"]:
            if found["class"] not in MINOR:
                key = "%s.%s" % (found["group"], found["key"]) if found["key"] else "-"
                yield (found["class"], result["case"], found["unit"] or "-", key,
                       found, result["mode"])


def main():
    args = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    args.add_argument("--kit", required=True, help="folder with conformance/ and wild/")
    args.add_argument("--quadlet", required=True, help="the real Quadlet")
    args.add_argument("--generator", required=True, help="Wharf's generator")
    args.add_argument("--allowed", required=True, help="the list of differences that are meant")
    opts = args.parse_args()

    allowed = read_allowed(opts.allowed)
    used, meant, unexpected = set(), 0, 0
    for scope in ("system", "user"):
        print("as %s generator:" % scope, flush=True)
        for kind, case, unit, key, found, mode in differences(compare(opts, scope)):
            fits = [row for row in allowed
                    if row[0] == kind and row[3] == key
                    and fnmatch.fnmatchcase(case, row[1]) and fnmatch.fnmatchcase(unit, row[2])]
            used.update(fits)
            if fits:
                meant += 1
                continue
            unexpected += 1
            print("unexpected: %s" % "\t".join((kind, case, unit, key)))
            print("    %s, %s: Quadlet %s" % (scope, mode, json.dumps(found["a"])))
            print("    %s, %s: Wharf   %s" % (scope, mode, json.dumps(found["b"])))
    unused = [row for row in allowed if row not in used]
    for row in unused:
        print("no longer there: %s" % "\t".join(row))
    print("%d differences are meant, %d are not; %d lines of the list are not used"
          % (meant, unexpected, len(unused)))
    return 1 if unexpected or unused else 0


if __name__ == "__main__":
    sys.exit(main())
