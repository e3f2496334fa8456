#!/usr/bin/env python3
"""Time two generators against each other on the same definitions, in one run.

    bench.py QUADLET WHARF [--workloads 0,1,10,100,1000,5000,1000/100,1000/500] [--markdown FILE]

A workload is a number of definitions, or definitions/folders. The two programs run in turn, each
into a fresh folder on tmpfs, with QUADLET_UNIT_DIRS naming a folder that gen_workload.py wrote.

- Wall time runs from just before the spawn to just after the reaping; the ratio is the median over
  the pairs, so that a slow moment of the machine falls on both.
- CPU time is the kernel's account of the reaped child.
- Peak memory comes from runs of their own under a small sh, since a child of a large process has
  that process's peak on its account. It cannot read below sh's own, about 1.5 MiB.
- System calls and threads come from one run under strace.

Needs Python's standard library and strace. On a busy machine run it under `chrt -f 5`.
"""
import argparse
import ctypes
import datetime
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
NAMES = ("Quadlet", "Wharf")
WORKLOADS = "0,1,10,100,1000,5000,1000/100,1000/500"
# Wall time, Quadlet / Wharf, that the project wants to hold.
GOALS = {"0": 3.8, "1": 4, "10": 4.5, "100": 5.5, "1000": 6.4, "5000": 6.4,
         "1000/100": 38, "1000/500": 150}
PR_SET_CHILD_SUBREAPER = 36
NULL = os.open(os.devnull, os.O_RDWR)


class Run:
    """How one program is run on one workload: a fresh output folder each time."""

    def __init__(self, program, definitions, scratch):
        self.program, self.scratch = program, scratch
        self.env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C",
                    "QUADLET_UNIT_DIRS": definitions}

    def __call__(self, measure):
        """measure(argv, env, output folder), and what it returns."""
        out = tempfile.mkdtemp(prefix="out.", dir=self.scratch)
        try:
            return measure([self.program, "-no-kmsg-log", out], self.env, out)
        finally:
            shutil.rmtree(out)


def quiet_spawn(argv, env):
    null = [(os.POSIX_SPAWN_DUP2, NULL, fd) for fd in (0, 1, 2)]
    return os.posix_spawn(argv[0], argv, env, file_actions=null)


def spent(argv, env, _out):
    """(wall seconds, CPU seconds, exit status) of one run."""
    start = time.perf_counter()
    _, status, usage = os.wait4(quiet_spawn(argv, env), 0)
    end = time.perf_counter()
    return end - start, usage.ru_utime + usage.ru_stime, os.waitstatus_to_exitcode(status)


def peak_kib(argv, env, _out):
    """Peak resident memory of one run: a small sh starts it and ends, we reap the orphan."""
    shell = quiet_spawn(["/bin/sh", "-c", '"$@" & exit 0', "sh"] + argv, env)
    peak = 0
    while True:
        try:
            pid, _, usage = os.wait4(-1, 0)
        except ChildProcessError:
            return peak
        if pid != shell:
            peak = max(peak, usage.ru_maxrss)


def system_calls(argv, env, out):
    """(system calls, threads) of one run, counted by strace."""
    counts = out + ".strace"
    subprocess.run(["strace", "-f", "-qq", "-c", "-U", "calls,name", "-o", counts] + argv,
                   env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, check=False)
    with open(counts, encoding="ascii") as f:
        calls = {m[2]: int(m[1]) for m in re.finditer(r"^\s*(\d+)\s+(\w+)$", f.read(), re.M)}
    os.remove(counts)
    calls.pop("total", None)
    threads = 1 + sum(calls.get(name, 0) for name in ("clone", "clone3", "fork", "vfork"))
    return sum(calls.values()), threads


def written(argv, env, out):
    """The units and links that one run leaves, as a set of relative paths."""
    spent(argv, env, out)
    return {os.path.relpath(os.path.join(base, name), out)
            for base, folders, files in os.walk(out)
            for name in folders + files
            if name in files or os.path.islink(os.path.join(base, name))}


def pairs_for(count):
    return 41 if count <= 100 else 21 if count <= 1000 else 15


def measure(workload, programs, scratch, pairs):
    """The figures of one workload."""
    count, _, folders = workload.partition("/")
    definitions = os.path.join(scratch, "in." + workload.replace("/", "."))
    if count == "0":
        os.mkdir(definitions)
    else:
        subprocess.run([sys.executable, os.path.join(HERE, "gen_workload.py"), definitions, count]
                       + (["--folders", folders] if folders else []),
                       check=True, stdout=subprocess.DEVNULL)
    runs = [Run(program, definitions, scratch) for program in programs]
    files = [run(written) for run in runs]          # this warms the caches too
    samples = [[], []]
    for _ in range(pairs or pairs_for(int(count))):
        for run, into in zip(runs, samples):
            into.append(run(spent))
    for name, taken in zip(NAMES, samples):
        if len({status for _, _, status in taken}) != 1:
            sys.exit("%s at %s: the exit status changes" % (name, workload))
    ratio = [[a / b for a, b in zip(*([s[what] for s in taken] for taken in samples)) if b]
             for what in (0, 1)]
    calls = [run(system_calls) for run in runs]
    peaks = [statistics.median(run(peak_kib) for _ in range(5)) for run in runs]
    shutil.rmtree(definitions)
    return {
        "workload": workload, "pairs": len(samples[0]), "files": [len(f) for f in files],
        "same_names": files[0] == files[1],
        "exit": [taken[0][2] for taken in samples],
        "wall_ms": [1e3 * statistics.median(s[0] for s in taken) for taken in samples],
        "cpu_ms": [1e3 * statistics.median(s[1] for s in taken) for taken in samples],
        "peak_mib": [peak / 1024 for peak in peaks],
        "calls": [c[0] for c in calls], "threads": [c[1] for c in calls],
        "wall_ratio": statistics.median(ratio[0]),
        "wall_quartiles": statistics.quantiles(ratio[0], n=4)[::2],
        "cpu_ratio": statistics.median(ratio[1]) if ratio[1] else None,
    }


def machine():
    """One line about where this ran."""
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        model = re.search(r"^model name\s*:\s*(.+)$", f.read(), re.M)
    return "%s, %d processors, Linux %s" % (
        model[1] if model else platform.machine(), len(os.sched_getaffinity(0)),
        platform.release())


def title(workload):
    count, _, folders = workload.partition("/")
    text = "{:,}".format(int(count))
    return "%s in %s folders" % (text, folders) if folders else text


def table(results):
    """The figures as a Markdown table."""
    head = ("definitions", "wall, ms", "ratio (quartiles)", "goal", "CPU, ms", "ratio",
            "peak memory, MiB", "system calls", "threads", "files written")
    rows = [head, ("---:",) * len(head)]
    for r in results:
        both = lambda key, form: " / ".join(form % value for value in r[key])
        goal = GOALS.get(r["workload"])
        rows.append((
            title(r["workload"]), both("wall_ms", "%.2f"),
            "**%.1f** (%.1f–%.1f)" % (r["wall_ratio"], *r["wall_quartiles"]),
            "%g" % goal if goal else "", both("cpu_ms", "%.2f"),
            "%.1f" % r["cpu_ratio"] if r["cpu_ratio"] else "", both("peak_mib", "%.1f"),
            both("calls", "%d"), both("threads", "%d"),
            "%d, same names" % r["files"][1] if r["same_names"] else both("files", "%d")))
    return "\n".join("| %s |" % " | ".join(row) for row in rows)


def page(results, versions):
    """The page that --markdown writes."""
    return "\n".join((
        "<!-- Written by `make bench`. -->", "", "# Benchmarks", "",
        "Podman's Quadlet and Wharf's generator on the same definitions, run in turn on tmpfs.",
        "Cells with a slash are Quadlet / Wharf; a ratio tells how many times less Wharf takes.", "",
        "- Date: %s" % datetime.date.today().isoformat(),
        "- Machine: %s" % machine(),
        "- Quadlet: %s" % versions[0], "- Wharf: %s" % versions[1], "", table(results), "",
        "How each figure is taken is said at the top of `tests/bench/bench.py`.", ""))


def version(program):
    return subprocess.run([program, "-version"], check=False, capture_output=True,
                          text=True).stdout.strip()


def main():
    args = argparse.ArgumentParser(description=__doc__,
                                   formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("quadlet")
    args.add_argument("wharf")
    args.add_argument("--workloads", default=WORKLOADS, help="default: %(default)s")
    args.add_argument("--pairs", type=int, help="pairs of runs (default: 15 to 41, by size)")
    args.add_argument("--scratch", default="/dev/shm", help="a folder on tmpfs")
    args.add_argument("--pin", metavar="CPUS", help="run on these processors only, e.g. 0 or 0,1")
    args.add_argument("--markdown", metavar="FILE", help="write the page there")
    args.add_argument("--json", metavar="FILE", help="write the figures there")
    opts = args.parse_args()
    programs = [os.path.abspath(p) for p in (opts.quadlet, opts.wharf)]
    for program in programs:
        if not os.access(program, os.X_OK):
            sys.exit("%s: no such program" % program)
    if opts.pin:
        os.sched_setaffinity(0, {int(cpu) for cpu in opts.pin.split(",")})
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    results = []
    with tempfile.TemporaryDirectory(prefix="wharf-bench.", dir=opts.scratch) as scratch:
        for workload in opts.workloads.split(","):
            print("%s …" % title(workload), file=sys.stderr, flush=True)
            results.append(measure(workload, programs, scratch, opts.pairs))
    print(table(results))
    if opts.markdown:
        with open(opts.markdown, "w", encoding="utf-8") as f:
            f.write(page(results, [version(p) for p in programs]))
    if opts.json:
        with open(opts.json, "w", encoding="utf-8") as f:
            json.dump(results, f, indent=1)
            f.write("\n")


if __name__ == "__main__":
    main()
