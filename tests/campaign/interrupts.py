# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C at a random moment of every command: an end within seconds, and under a final name only what is whole."""

import os
import signal
import sqlite3
import time

import commands
from trial import DEADLY, log_lines, read_json, read_report

SMALL = 12  # of each command
END_S = 5.0


def prepare(world):
    """How long each command takes when it is left alone."""
    from trial import Trial
    commands.prepare(world)
    world.seconds = {}
    for name in world.commands:
        trial = Trial(world, "interrupts", f"whole-{name}")
        arguments = world.commands[name](trial)
        process = trial.run(arguments, program=commands.program(world, name))
        if process.code != 0:
            raise SystemExit(f"{name} fails when it is left alone: {process.code} {trial.errors(process)}")
        world.seconds[name] = process.ended - process.began
        trial.close()


def names(world):
    """One campaign a command."""
    return list(world.commands)


def trial(t, name):
    """One interrupt; sometimes a second one shortly after, sometimes to all processes as a terminal sends it."""
    process = t.start(t.world.commands[name](t), program=commands.program(t.world, name))
    moment = t.random.uniform(0.0, 1.0) * t.world.seconds[name]
    to_all = t.random.random() < 0.5
    again = t.random.random() < 0.1
    t.tell(f"{name} interrupted after {moment:.3f} s{', all its processes' if to_all else ''}"
           f"{', twice' if again else ''}")
    t.sleep(process.began + moment - time.monotonic())
    interrupt(process, to_all)
    if again:
        t.sleep(0.05)
        interrupt(process, to_all)
    code = t.wait(process, END_S)
    t.check(code in (0, 1, -signal.SIGINT) or -code in DEADLY, f"exit code {code}: {t.errors(process)}")
    if code < 0:
        # The second signal ends at once: what it leaves, the next start removes, in the folder that it works in.
        resumes = os.path.exists(t.at("result", "plan.json"))
        t.run(["-q", "run", "--trust", "--resume", t.at("result")] if resumes else
              ["list"])
    t.check_clean(t.at("result"))
    if t.random.random() < 0.5:
        check_files(t)
    check_record(t, name, code)


def interrupt(process, to_all):
    """SIGINT to the program, or to it and all that it started."""
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGINT) if to_all else process.send_signal(signal.SIGINT)
        except ProcessLookupError:
            pass


def check_files(t):
    """Whatever has its final name can be read."""
    if os.path.isdir(t.at("made")):
        for file in os.listdir(t.at("made")):
            if file.endswith(".tflite"):
                t.finish(["inspect", t.at("made", file), "--json"], f"reading {file}")
            else:
                t.check(file.endswith((".dot", ".json")), f"left in the output folder: {file}")
    if os.path.isdir(t.at("images")) and os.path.exists(t.at("images", "synth.json")):
        t.finish(["-q", "dataset", "check", t.at("images")], "reading the drawn images")
    for file in (t.at("made.json"), t.at("result", "report.json")):
        if os.path.exists(file):
            try:
                read_json(file)
            except ValueError as error:
                t.check(False, f"{os.path.basename(file)} is half written: {error}")
    if os.path.exists(t.at("history.db")):
        with sqlite3.connect(t.at("history.db")) as database:
            t.check(database.execute("PRAGMA integrity_check").fetchone()[0] == "ok", "the history is damaged")


def check_record(t, name, code):
    """An interrupted run says so, and its log is whole."""
    if name not in ("run", "resume", "live"):
        return
    for line in log_lines(t.at("result")):
        if line is None:
            t.lose("cells.jsonl holds a damaged line")
    if code == 1:
        report = read_report(t, t.at("result"))
        t.check(report is None or report["partial"], "the record of an interrupted run does not say that it is partial")
        for cell in report["cells"] if report else ():
            for lane in cell["lanes"]:
                status = lane["outcome"]["status"]
                t.check(status in ("ok", "cancelled"), f"an interrupt became '{status}': {lane['outcome']['reason']}")
