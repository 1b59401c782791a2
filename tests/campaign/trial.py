# SPDX-License-Identifier: Apache-2.0
"""One trial: a folder and a seed of its own, the programs that it starts, and what is wrong afterwards."""

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import time

DEADLY = {signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGTRAP, signal.SIGSYS}
GRACE_S = 2.0  # what a process that was told to end has


class World:
    """The programs under test, and what all trials share: models, images, finished results."""

    def __init__(self, programs, helpers, models, folder):
        self.qbench = os.path.join(programs, "qbench")
        self.gbench = os.path.join(programs, "qbench-gbench")
        self.worker = os.path.join(programs, "qbench-worker")
        self.library = os.path.join(os.path.dirname(programs), "lib", "qbench", "libtensorflowlite_c.so")
        self.helpers = helpers
        self.classifier = os.path.join(models, "default_fp32.tflite")
        self.folder = folder
        self.images = self.at("images")
        self.slow = 1.0  # how much longer than on a quiet machine things may take
        self.make("campaign_world", folder)

    def make(self, program, *arguments):
        """Runs a helper program."""
        subprocess.run([os.path.join(self.helpers, program), *map(str, arguments)], check=True)

    def at(self, *names):
        """A path in the shared folder."""
        return os.path.join(self.folder, *names)

    def model(self, name):
        """A shared model file."""
        return self.at(name + ".tflite")

    def run_arguments(self, models, out, rounds=3, images=None):
        """A short `run`: tiny models, one batch size, every round in fresh processes."""
        arguments = ["-q", "run", "--data", images or self.images, "-o", out, "--recipe", "raw255", "--batch", "1",
                     "--rounds", str(rounds), "--min-rounds", "1", "--jobs", "1"]
        for name, file in models:
            arguments += ["-m", f"{name}={file}"]
        return arguments

    def two(self):
        """The usual two cells."""
        return [("fp32", self.model("fp32")), ("int8", self.model("int8"))]


class Trial:
    """Problems are collected, never raised, so that one trial can have several."""

    def __init__(self, world, campaign, seed):
        self.world, self.campaign, self.seed = world, campaign, seed
        self.random = random.Random(f"{campaign}/{seed}")
        self.folder = world.at("trials", f"{campaign}-{seed}")
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.at("tmp"))
        self.story, self.problems, self.lost, self.skipped = [], [], 0, ""
        self.processes = []

    def at(self, *names):
        """A path in the trial's folder."""
        return os.path.join(self.folder, *names)

    def tell(self, text):
        """What was done, shown when the trial fails."""
        self.story.append(text)

    def check(self, good, text):
        """Notes `text` as a problem unless `good`."""
        if not good:
            self.problems.append(text)
        return good

    def lose(self, text):
        """A finished result is gone, changed or wrong: the worst there is."""
        self.lost += 1
        self.problems.append("LOST: " + text)

    # Programs

    def environment(self, extra=None):
        """Nothing of the caller's but the path, so that trials are alike everywhere."""
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS")
                if name in os.environ}
        return {**kept, "LC_ALL": "C.UTF-8", "HOME": self.folder, "TMPDIR": self.at("tmp"),
                "XDG_STATE_HOME": self.at("state"), **(extra or {})}

    def start(self, arguments, program=None, limit_file_bytes=None, stdout=None, stderr=None, close=(), extra=None):
        """Starts qbench (or another program) as the leader of a session of its own."""
        def prepare():
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            if limit_file_bytes is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit_file_bytes, resource.RLIM_INFINITY))
            for descriptor in close:
                os.close(descriptor)

        number = len(self.processes)
        out, err = self.at(f"out{number}"), self.at(f"err{number}")
        with open(out, "wb") as out_file, open(err, "wb") as err_file:
            process = subprocess.Popen([program or self.world.qbench, *arguments], cwd=self.folder,
                                       env=self.environment(extra), stdin=subprocess.DEVNULL,
                                       stdout=stdout or out_file, stderr=stderr or err_file, start_new_session=True,
                                       preexec_fn=prepare)
        process.out, process.err, process.began = out, err, time.monotonic()
        self.processes.append(process)
        return process

    def wait(self, process, seconds=60.0):
        """The exit code (negative: the signal); a program that does not end is a problem and gets killed."""
        try:
            code = process.wait(seconds * self.world.slow)
        except subprocess.TimeoutExpired:
            self.check(False, f"{self.name_of(process)} did not end within {seconds * self.world.slow:.0f} s")
            process.kill()
            code = process.wait()
        process.ended = time.monotonic()
        if code < 0 and -code in DEADLY:
            self.check(False, f"{self.name_of(process)} died of {signal.Signals(-code).name}: {self.errors(process)}")
        return code

    def run(self, arguments, seconds=60.0, **how):
        """start() and wait()."""
        process = self.start(arguments, **how)
        process.code = self.wait(process, seconds)
        return process

    def finish(self, arguments, what, seconds=60.0, **how):
        """Runs a program that must succeed."""
        process = self.run(arguments, seconds, **how)
        return self.check(process.code == 0, f"{what} ended with {process.code}: {self.errors(process)}")

    @staticmethod
    def name_of(process):
        """The program and the command's words."""
        words = [word for word in process.args[1:4] if not word.startswith(("/", "-"))]
        return " ".join([os.path.basename(process.args[0]), *words])

    @staticmethod
    def errors(process, most=300):
        """The end of what the program said on stderr."""
        with open(process.err, "rb") as file:
            return file.read().decode(errors="replace").strip()[-most:]

    @staticmethod
    def sleep(seconds):
        """Waits; negative is now."""
        time.sleep(max(seconds, 0.0))

    # What is left behind

    def survivors(self, grace=GRACE_S):
        """Processes of this trial that still live after a while, each as 'pid name'."""
        end = time.monotonic() + grace * self.world.slow
        while True:
            alive = self.alive()
            if not alive or time.monotonic() > end:
                return [f"{pid} {name}" for pid, name in alive]
            time.sleep(0.05)

    def alive(self):
        """(pid, name) of every process that a program of this trial started, however indirectly."""
        sessions = {process.pid for process in self.processes}
        found = []
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                with open(f"/proc/{entry}/stat", encoding="utf-8", errors="replace") as file:
                    name, _, rest = file.read().partition("(")[2].rpartition(")")
                fields = rest.split()
                here = int(fields[3]) in sessions or os.readlink(f"/proc/{entry}/cwd").startswith(self.folder)
            except OSError:
                continue
            if here and fields[0] not in "ZX":
                found.append((int(entry), name))
        return found

    def children(self, pid):
        """Processes whose parent is `pid`."""
        found = []
        for child, _ in self.alive():
            try:
                with open(f"/proc/{child}/stat", encoding="utf-8", errors="replace") as file:
                    if int(file.read().rpartition(")")[2].split()[1]) == pid:
                        found.append(child)
            except OSError:
                pass
        return found

    def check_clean(self, *folders):
        """No process, no temporary file, nothing in the result folders but what docs/design.md names."""
        left = self.survivors()
        self.check(not left, f"processes outlive qbench: {left}")
        left = os.listdir(self.at("tmp"))
        self.check(not left, f"left in TMPDIR: {left}")
        for folder in folders:
            left = unknown_files(folder)
            self.check(not left, f"left in the result folder: {left}")

    def close(self):
        """Kills what is left; the folder stays when something was wrong."""
        for pid, _ in self.alive():
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass
        if not self.problems:
            shutil.rmtree(self.folder, ignore_errors=True)


KNOWN = {"report.json", "report.csv", "report.md", "report.html", "junit.xml", "gbench.json", "cells.jsonl",
         "cells.jsonl.torn", "plan.json", "predictions", "remeasure"}


def unknown_files(folder):
    """What lies in a result folder and does not belong there."""
    if not os.path.isdir(folder):
        return []
    left = [name for name in os.listdir(folder) if name not in KNOWN and "lock" not in name]
    predictions = os.path.join(folder, "predictions")
    if os.path.isdir(predictions):
        left += [f"predictions/{name}" for name in os.listdir(predictions) if not name.endswith(".csv")]
    return sorted(left)


def no_constant(name):
    """JSON has no NaN and no Infinity."""
    raise ValueError(f"{name} in a JSON file")


def read_json(path):
    """A JSON file; raises ValueError or OSError."""
    with open(path, encoding="utf-8") as file:
        return json.load(file, parse_constant=no_constant)


def read_report(trial, folder):
    """report.json, or None with a problem noted."""
    try:
        return read_json(os.path.join(folder, "report.json"))
    except (OSError, ValueError) as error:
        trial.check(False, f"no report.json that can be read: {error}")
        return None


def log_lines(folder):
    """The whole lines of cells.jsonl; damaged ones as None."""
    lines = []
    try:
        with open(os.path.join(folder, "cells.jsonl"), "rb") as file:
            text = file.read()
    except OSError:
        return []
    for line in text.split(b"\n")[:-1]:
        try:
            lines.append(json.loads(line))
        except ValueError:
            lines.append(None)
    return lines


def counts_of(report):
    """{cell: (status of each batch, status of the accuracy, images, right, hash of the predictions)}."""
    return {cell["id"]: counts_in(cell) for cell in report["cells"]}


def counts_in(cell):
    """What must not depend on the moment; the hash cut to what tells it from others."""
    accuracy = cell["accuracy"] or {"outcome": {"status": "absent"}}
    return ({str(lane["batch"]): lane["outcome"]["status"] for lane in cell["lanes"]}, accuracy["outcome"]["status"],
            accuracy.get("images"), accuracy.get("correct"), accuracy.get("prediction_sha256", "")[:12])


def check_counts(trial, report, expected):
    """The counts are `expected`; one that is wrong and calls itself ok is a loss."""
    for name, wanted in expected.items():
        cell = cell_named(report, name)
        got = counts_in(cell) if cell else None
        if got == wanted:
            continue
        text = f"'{name}' has {got} instead of {wanted}"
        if got and got[1] == "ok" and got[2:] != wanted[2:]:
            trial.lose(text)
        else:
            trial.check(False, text)


def cell_named(report, name):
    """One cell of a report, or None."""
    return next((cell for cell in report["cells"] if cell["id"] == name), None)


def check_kept(trial, lines, report):
    """Every finished piece of the log stands in the report with its very samples and counts.

    Lanes that are compared with each other are finished when all are: they belong to the same rounds. A later line of
    a piece takes the place of an earlier one.
    """
    last = {}
    for line in lines:
        if line is None:
            trial.lose("cells.jsonl holds a damaged line")
        else:
            kind = next((word for word in ("lane", "accuracy") if word in line), "")
            last[line["cell"], kind, line[kind].get("batch") if kind else None] = line
    lines = list(last.values())
    measured = {(line["cell"], line["lane"]["batch"]) for line in lines
                if "lane" in line and line["lane"]["outcome"]["status"] == "ok"}
    for line in lines:
        cell = cell_named(report, line["cell"])
        if cell is None:
            trial.lose(f"no cell {line['cell']} in the report")
        elif "lane" in line and line["lane"]["outcome"]["status"] == "ok":
            batch = line["lane"]["batch"]
            if not all((other["id"], batch) in measured for other in report["cells"]):
                continue
            kept = [lane for lane in cell["lanes"] if lane["batch"] == batch]
            if not kept or kept[0]["blocks"] != line["lane"]["blocks"]:
                trial.lose(f"the samples of {line['cell']} are not those that were finished before")
        elif "accuracy" in line and line["accuracy"].get("prediction_sha256"):
            kept = cell["accuracy"] or {}
            for key in ("images", "correct", "correct_top5", "prediction_sha256"):
                if kept.get(key) != line["accuracy"].get(key):
                    trial.lose(f"{key} of {line['cell']} is {kept.get(key)}, was {line['accuracy'].get(key)}")
