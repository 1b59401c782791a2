# SPDX-License-Identifier: Apache-2.0
"""Every command of qbench as the campaigns over all of them start it."""

import os
import shutil


def prepare(world):
    """Two finished results, a quantized model and a history, which some commands read."""
    from trial import Trial
    if hasattr(world, "commands"):
        return
    trial = Trial(world, "commands", "prepared")
    for name in ("a", "b"):
        trial.finish(world.run_arguments(world.two(), world.at("stored", name), rounds=10), "a run to be stored")
    trial.finish(["-q", "quantize", world.model("fp32"), "--to", "int8", "--calibrate", world.images, "--recipe",
                  "raw255", "-o", world.at("variants")], "quantize")
    trial.finish(["history", "add", world.at("stored", "a"), "--db", world.at("history.db")], "history add")
    if trial.problems:
        raise SystemExit(f"cannot prepare the commands: {trial.problems}")
    trial.close()
    world.commands = dict(COMMANDS)
    if not os.path.exists(world.gbench):
        del world.commands["gbench"]


def run(t):
    return t.world.run_arguments([*t.world.two(), ("fixed", t.world.model("fixed"))], t.at("result"))


def resume(t):
    """A finished run of which only the first pieces are left."""
    shutil.copytree(t.world.at("stored", "a"), t.at("result"))
    with open(t.at("result", "cells.jsonl"), "rb") as file:
        lines = file.read().split(b"\n")
    with open(t.at("result", "cells.jsonl"), "wb") as file:
        file.write(b"\n".join(lines[:len(lines) // 2]) + b"\n")
    return ["-q", "run", "--resume", t.at("result")]


def live(t):
    return ["-q", "compare", "--live", "-m", t.world.model("fp32"), "--data", t.world.images, "--again", "-o",
            t.at("result"), "--recipe", "raw255", "--batch", "1", "--rounds", "3", "--min-rounds", "1", "--jobs", "1"]


def stored(t):
    return ["compare", t.world.at("stored", "a"), t.world.at("stored", "b"), "--json"]


def quantize(t, *more):
    return ["-q", "quantize", t.world.model("fp32"), "--to", "fp16,int8", "--calibrate", t.world.images, "--recipe",
            "raw255", "-o", t.at("made"), "--jobs", "2", *more]


def keep_within_drop(t):
    return quantize(t, "--max-drop", "50")


def explain(t):
    return ["-q", "explain", t.world.model("fp32"), t.world.at("variants", "fp32_int8.tflite"), t.world.images,
            "--recipe", "raw255", "--jobs", "2"]


def recipe(t):
    return ["-q", "recipe", t.world.model("fp32"), t.world.images, "--limit", "9"]


def convert(t):
    os.makedirs(t.at("made"), exist_ok=True)
    return ["convert", t.world.model("fixed"), "-o", t.at("made", "converted.tflite")]


def inspect(t):
    os.makedirs(t.at("made"), exist_ok=True)
    return ["inspect", t.world.classifier, "--dot", t.at("made", "graph.dot")]


def synth(t):
    return ["-q", "dataset", "synth", t.at("images"), "--count", "20", "--size", "32"]


def check_images(t):
    return ["-q", "dataset", "check", t.world.images]


def selftest(t):
    return ["-q", "selftest", "--model", t.world.model("fp32"), "--minutes", "0.01", "--rounds", "10", "-o",
            t.at("made.json")]


def report(t):
    return ["report", t.world.at("stored", "a"), "-o", t.at("result")]


def boards(t):
    return ["report", "--board", t.world.at("stored", "a"), t.world.at("stored", "b"), "-o", t.at("boards")]


def history(t, *words):
    shutil.copy(t.world.at("history.db"), t.at("history.db"))
    return ["history", *words, "--db", t.at("history.db")]


COMMANDS = {
    "run": run, "resume": resume, "live": live, "stored": stored, "quantize": quantize,
    "max-drop": keep_within_drop, "explain": explain, "recipe": recipe, "convert": convert, "inspect": inspect,
    "synth": synth, "check": check_images, "selftest": selftest, "report": report, "boards": boards,
    "history-add": lambda t: history(t, "add", t.world.at("stored", "b")),
    "history-check": lambda t: history(t, "check"),
    "history-list": lambda t: history(t, "list"),
    "history-export": lambda t: history(t, "export", "--format", "html", "-o", t.at("made.html")),
    "history-pin": lambda t: history(t, "pin", "--night", "1", "--note", "new"),
    "probe": lambda t: ["probe"],
    "list": lambda t: ["list"],
    "gbench": lambda t: ["-m", t.world.model("fp32"), "--batch", "1,4", "--benchmark_min_time=0.01"],
}


def program(world, name):
    """The program that a command belongs to."""
    return world.gbench if name == "gbench" else world.qbench
