# SPDX-License-Identifier: Apache-2.0
"""A model, the runtime library or the worker is replaced while a run goes on: no cell that is ok mixes the two."""

import os
import shutil
import statistics

from trial import cell_named, read_report

SMALL = 24


def prepare(world):
    """What the model counts, and the one that takes its place (some twenty times slower, other answers)."""
    from trial import Trial
    trial = Trial(world, "replaced", "both")
    models = [("mine", world.model("fp32")), ("theirs", world.model("other"))]
    trial.finish(world.run_arguments(models, trial.at("result")), "a run of both")
    report = read_report(trial, trial.at("result"))
    world.pair = {}
    for name in ("mine", "theirs"):
        cell = cell_named(report, name)
        samples = [ns for block in cell["lanes"][0]["blocks"] for ns in block["samples_ns"]]
        world.pair[cell["model"]["sha256"]] = (cell["accuracy"]["correct"], statistics.median(samples))
    process = trial.processes[-1]
    world.swap_seconds = process.ended - process.began
    world.middle_ns = sum(value[1] for value in world.pair.values()) / 2
    trial.close()


def trial(t):
    """The file is replaced by renaming (as installers do), overwritten, or touched by a program that rewrites it."""
    what = t.random.choice(("model", "model", "library", "worker"))
    way = t.random.choice(("renamed", "renamed", "overwritten"))
    model, library, worker = t.at("model.tflite"), t.at("libtensorflowlite_c.so"), t.at("qbench-worker")
    shutil.copy(t.world.model("fp32"), model)
    arguments = t.world.run_arguments([("steady", t.world.model("fp32")), ("cell", model)], t.at("result"), rounds=4)
    extra = {}
    victim, new = model, t.world.model("other")
    if what == "library":
        shutil.copy(t.world.library, library)
        arguments += ["--library", library]
        victim, new = library, other_build(t, library)
    elif what == "worker":
        shutil.copy(t.world.worker, worker)
        # It finds its runtime beside the folder that it lies in.
        extra = {"QBENCH_WORKER": worker}
        arguments += ["--library", t.world.library]
        victim, new = worker, other_build(t, worker)
    shutil.copy(new, t.at("new"))
    os.chmod(t.at("new"), 0o755)
    process = t.start(arguments, extra=extra)
    moment = t.random.uniform(0.05, 1.0)
    t.tell(f"{what} {way} after {moment:.2f} of a run")
    t.sleep(moment * t.world.swap_seconds)
    finished = process.poll() is not None
    replace(t, victim, way)
    code = t.wait(process)
    t.check(code in (0, 1, 2), f"exit code {code}: {t.errors(process)}")
    if code != 2:
        report = read_report(t, t.at("result"))
        if report:
            judge(t, report, what, finished)
    t.check_clean(t.at("result"))


def other_build(t, file):
    """The same program with other bytes at its end: works alike, has another hash."""
    other = t.at("other_build")
    shutil.copy(file, other)
    with open(other, "ab") as out:
        out.write(b"another build")
    return other


def replace(t, victim, way):
    """A program that runs cannot be overwritten; then it is renamed over."""
    if way == "overwritten":
        try:
            with open(t.at("new"), "rb") as source, open(victim, "r+b") as target:
                data = source.read()
                target.write(data)
                target.truncate(len(data))
            return
        except OSError:
            t.tell("busy, so renamed")
    os.rename(t.at("new"), victim)


def judge(t, report, what, finished):
    """Times and counts of an ok cell belong to the model whose hash stands beside them."""
    for cell in report["cells"]:
        if cell["id"] not in ("steady", "cell"):
            t.check(False, f"a cell '{cell['id']}'")
        expected = t.world.pair.get(cell["model"]["sha256"])
        for lane in cell["lanes"]:
            if lane["outcome"]["status"] != "ok" or what != "model" or expected is None:
                continue
            slow = [statistics.median(block["samples_ns"]) > t.world.middle_ns for block in lane["blocks"]]
            should = expected[1] > t.world.middle_ns
            if any(is_slow != should for is_slow in slow):
                t.lose(f"an ok lane of '{cell['id']}' holds times of another model: {slow}")
        accuracy = cell["accuracy"]
        if accuracy and expected and accuracy.get("prediction_sha256") and not accuracy.get("partial"):
            if what == "model" and accuracy["correct"] != expected[0]:
                t.lose(f"'{cell['id']}' is right for {accuracy['correct']} images under the name of a model that is "
                       f"right for {expected[0]}")
    if finished:
        t.check(all(lane["outcome"]["status"] == "ok" for cell in report["cells"] for lane in cell["lanes"]),
                "replaced after the end, and yet not ok")
