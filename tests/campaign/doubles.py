# SPDX-License-Identifier: Apache-2.0
"""Two processes are started for one result folder: one does the work, the other says who does."""

import os

from trial import check_counts, check_kept, log_lines, read_report

SMALL = 24


def prepare(world):
    """How long a run takes here, and what it counts."""
    import kills
    if not hasattr(world, "run_counts"):
        kills.prepare(world)


def begun(t, folder):
    """A run that was killed when part of it was done."""
    process = t.start(t.world.run_arguments(t.world.two(), folder))
    t.sleep(t.random.uniform(0.3, 0.9) * t.world.run_seconds)
    process.kill()
    t.wait(process)


def trial(t):
    """run + run, run + resume or resume + resume, the second after a random while."""
    folder = t.at("result")
    run = t.world.run_arguments(t.world.two(), folder)
    resume = ["-q", "run", "--resume", folder]
    kind = t.random.choice(("run run", "run resume", "resume resume", "resume resume"))
    lines = []
    if kind == "resume resume":
        begun(t, folder)
        lines = log_lines(folder)
    if not os.path.exists(os.path.join(folder, "plan.json")) and kind == "resume resume":
        kind = "run run"
        if os.path.isdir(folder):
            os.rename(folder, t.at("nothing"))
    offset = t.random.choice((0.0, t.random.uniform(0.0, 0.1), t.random.uniform(0.1, 1.0)))
    t.tell(f"{kind}, the second after {offset:.2f} of a run")
    first = t.start(run if kind.startswith("run") else resume)
    t.sleep(offset * t.world.run_seconds)
    second = t.start(run if kind.endswith("run") else resume)
    both = [first, second]
    for process in both:
        process.code = t.wait(process)
    check_codes(t, both, folder)
    report = read_report(t, folder)
    if report:
        check_kept(t, lines, report)
        check_counts(t, report, t.world.run_counts)
    t.check_clean(folder)


def check_codes(t, both, folder):
    """One did it; the other was refused in one line that names the folder, or came when all was done."""
    codes = [process.code for process in both]
    t.check(0 in codes, f"neither did it: {codes}: {[t.errors(process) for process in both]}")
    overlap = min(process.ended for process in both) > both[1].began + 0.15 * t.world.run_seconds
    if codes == [0, 0]:
        t.check(not overlap or both[0].ended < both[1].began + 0.5 * t.world.run_seconds,
                "both worked in one folder at once")
    for process in both:
        if process.code != 0:
            text = t.errors(process, 2000)
            t.check(process.code == 2, f"the refused one ended with {process.code}: {text}")
            t.check(folder in text and text.count("\n") == 0, f"not one line that names the folder: {text}")
            if "lock" in text or "process" in text:
                other = both[1 - both.index(process)]
                t.check(str(other.pid) in text, f"the process at work is not named: {text}")
