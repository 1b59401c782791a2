# SPDX-License-Identifier: Apache-2.0
"""The worker of one cell answers wrongly: that cell may fail, the other is right, and the run ends in order."""

import json
import os
import shutil

from trial import cell_named, check_counts, read_report

SMALL = 200


def prepare(world):
    """What the cell counts when nobody lies."""
    import kills
    if not hasattr(world, "run_counts"):
        kills.prepare(world)


def trial(t):
    """A good cell, and one whose worker spoils an answer (see hostile_worker.cc for the ways)."""
    worker = t.at(f"hostile_worker-{t.random.randrange(1 << 30)}")
    source = os.path.join(t.world.helpers, "hostile_worker")
    try:
        os.link(source, worker)
    except OSError:
        shutil.copy2(source, worker)
    evil = {"name": "evil", "model": t.world.model("int8"), "worker": worker}
    good = {"name": "good", "model": t.world.model("fp32")}
    variants = [good, evil] if t.random.random() < 0.7 else [evil, good]
    if variants[0] is good:
        evil["side"] = "candidate"
    plan = {"variants": variants, "batches": [1], "dataset": t.world.images, "recipe": "raw255",
            "settings": {"rounds": 2, "min_rounds": 1, "jobs": 1, "load_timeout_s": 2, "request_timeout_s": 2}}
    with open(t.at("plan.json"), "w", encoding="utf-8") as file:
        json.dump(plan, file)
    t.tell(f"{os.path.basename(worker)}, order {[v['name'] for v in variants]}")
    process = t.run(["-q", "run", t.at("plan.json"), "-o", t.at("result")], 40)
    t.check(process.code in (0, 1), f"exit code {process.code}: {t.errors(process)}")
    with open(process.out, "rb") as out, open(process.err, "rb") as err:
        t.check(b"\x1b" not in out.read() + err.read(), "a raw escape byte reached the terminal")
    report = read_report(t, t.at("result"))
    if report:
        check_counts(t, report, {"good": t.world.run_counts["fp32"]})
    check_evil(t, report)
    t.check_clean(t.at("result"))


def check_evil(t, report):
    """What is ok was measured: finite, positive times, counts that can be."""
    cell = cell_named(report, "evil") if report else None
    if cell is None:
        return
    for lane in cell["lanes"]:
        samples = [ns for block in lane["blocks"] for ns in block["samples_ns"]]
        if lane["outcome"]["status"] == "ok":
            t.check(samples and all(0 <= ns < 3600e9 for ns in samples), "an ok lane holds impossible times")
    accuracy = cell["accuracy"]
    if accuracy and accuracy.get("prediction_sha256") and not accuracy.get("partial"):
        t.check(accuracy["correct"] <= accuracy["images"], "more right than images")
