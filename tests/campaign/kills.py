# SPDX-License-Identifier: Apache-2.0
"""A run is killed (KILL), ended (TERM, HUP, INT) or loses a worker at a random moment, and is then resumed."""

import os
import signal
import time

from trial import check_counts, check_kept, counts_of, log_lines, read_report

SMALL = 50
ENDINGS = (signal.SIGKILL,) * 5 + (signal.SIGTERM, signal.SIGHUP, signal.SIGINT) + ("worker",) * 2


def prepare(world):
    """How long a run takes here, and what an undisturbed one counts."""
    from trial import Trial
    trial = Trial(world, "kills", "undisturbed")
    process = trial.run(world.run_arguments(world.two(), trial.at("result")))
    report = read_report(trial, trial.at("result"))
    if process.code != 0 or report is None:
        raise SystemExit(f"an undisturbed run fails: {trial.errors(process)}")
    world.run_seconds = process.ended - process.began
    world.run_counts = counts_of(report)
    trial.close()


def disturb(trial, process, ending):
    """Ends `process` at a random moment; returns its exit code."""
    world = trial.world
    moment = trial.random.uniform(0.02, 1.05)
    trial.tell(f"{ending if ending == 'worker' else ending.name} after {moment:.2f} of a run")
    trial.sleep(process.began + moment * world.run_seconds - time.monotonic())
    if ending == "worker":
        for child in trial.children(process.pid)[:1]:
            try:
                os.kill(child, signal.SIGKILL)
            except OSError:
                trial.tell("the worker was gone")
    elif process.poll() is None:
        process.send_signal(ending)
    return trial.wait(process)


def check_ending(trial, ending, code, folder, before):
    """An orderly end is told by the exit code, and by a partial record once measuring has begun."""
    if ending == signal.SIGKILL:
        trial.check(code in (0, -signal.SIGKILL), f"killed, but the exit code is {code}")
    elif ending == "worker":
        # Before the first cell nothing is measured: a worker that cannot say its version ends the run.
        trial.check(code in (0, 1) or (code == 2 and not log_lines(folder)), f"a lost worker gave exit code {code}")
    elif code == -ending:
        trial.check(len(log_lines(folder)) <= before, f"died of {ending.name} although pieces had been measured")
    else:
        trial.check(code in (0, 1), f"{ending.name} gave exit code {code}")
        report = read_report(trial, folder)
        if report and code == 1:
            trial.check(report["partial"], f"after {ending.name} the record does not say that it is partial")


def trial(t):
    """One to three disturbed starts, then an undisturbed one."""
    folder = t.at("result")
    lines = []
    for _ in range(t.random.choice((1, 1, 2, 3))):
        ending = t.random.choice(ENDINGS)
        resumed = os.path.exists(os.path.join(folder, "plan.json"))
        arguments = ["-q", "run", "--resume", folder] if resumed else t.world.run_arguments(t.world.two(), folder)
        if not resumed and os.path.isdir(folder):
            os.rename(folder, t.at(f"nothing{len(t.processes)}"))  # killed between the folder and its plan
        code = disturb(t, t.start(arguments), ending)
        t.check(not t.survivors(), f"processes outlive qbench: {t.survivors(0)}")
        check_ending(t, ending, code, folder, len(lines))
        lines = log_lines(folder)
    if not os.path.exists(os.path.join(folder, "plan.json")):
        folder = t.at("second")
        t.finish(t.world.run_arguments(t.world.two(), folder), "a run after the kill")
    else:
        t.finish(["-q", "run", "--resume", folder], "the resumed run")
    report = read_report(t, folder)
    if report:
        check_kept(t, lines, report)
        check_counts(t, report, t.world.run_counts)
    t.check_clean(folder)
    if t.random.random() < 0.3 and not t.problems:
        check_unchanged(t, folder)


def check_unchanged(t, folder):
    """Resuming a finished run changes nothing."""
    with open(os.path.join(folder, "report.json"), "rb") as file:
        before = file.read()
    t.finish(["-q", "run", "--resume", folder], "resuming a finished run")
    with open(os.path.join(folder, "report.json"), "rb") as file:
        t.check(file.read() == before, "resuming a finished run changes report.json")
