# SPDX-License-Identifier: Apache-2.0
"""Every command with standard output or error closed, full, or read by a program that stops reading."""

import os
import signal
import subprocess

import commands
from trial import DEADLY, log_lines, read_report

SMALL = 6  # of each way

WAYS = ("closed out", "closed err", "closed both", "closed all", "full out", "full err", "head")


def prepare(world):
    """As for every campaign over all commands."""
    commands.prepare(world)


def names(world):
    """One campaign a way."""
    return [way.replace(" ", "-") for way in WAYS]


def trial(t, name):
    """One command in one of the ways."""
    way = name.replace("-", " ")
    command = t.random.choice(list(t.world.commands))
    arguments = t.world.commands[command](t)
    if t.random.random() < 0.5 and arguments[0] == "-q":
        arguments = arguments[1:]
    t.tell(f"{command}, {way}")
    closed = {"closed out": (1,), "closed err": (2,), "closed both": (1, 2), "closed all": (0, 1, 2)}.get(way, ())
    with open("/dev/full", "wb") as full:
        head = None
        stdout = full if way == "full out" else None
        if way == "head":
            head = subprocess.Popen(["head", "-c", "1"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
            stdout = head.stdin
        process = t.start(arguments, program=commands.program(t.world, command), close=closed, stdout=stdout,
                          stderr=full if way == "full err" else None)
        if head:
            head.stdin.close()
        process.code = t.wait(process)
        if head:
            head.wait()
    check_code(t, process, command, way)
    t.check_clean(t.at("result"))
    if command in ("run", "resume", "live"):
        for line in log_lines(t.at("result")):
            if line is None:
                t.lose("something else was written into cells.jsonl")
        if process.code == 0:
            read_report(t, t.at("result"))
    for file in ("history.db",):
        if os.path.exists(t.at(file)):
            t.finish(["history", "list", "--db", t.at(file)], "reading the history")


def check_code(t, process, command, way):
    """What cannot be printed is an error (2) or the end of a pipe, never a crash; the rest does not care."""
    code = process.code
    allowed = {0}
    if "out" in way or "both" in way or "all" in way:
        allowed |= {1, 2}
    if way == "head":
        allowed |= {2, -signal.SIGPIPE}
    t.check(code in allowed or -code in DEADLY, f"{command} with {way}: exit code {code}: {t.errors(process)}")
    if way == "full out" and command in ("stored", "inspect", "list", "probe", "history-list"):
        t.check(code == 2, f"{command} could print nothing, and says {code}")
