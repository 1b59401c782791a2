# SPDX-License-Identifier: Apache-2.0
"""Damaged and hostile files of the default classifier, through `inspect` and `run`: bounded in time and memory."""

import os

from trial import DEADLY, read_report

SMALL = 40
SECONDS = 30.0
MOST_MB = 600


def prepare(world):
    """Nothing: the classifier is shipped."""


def trial(t):
    """Scalars of the file changed, or plain damage."""
    mutant = t.at("mutant.tflite")
    with open(t.world.classifier, "rb") as file:
        data = bytearray(file.read())
    way = t.random.choice(("scalars", "scalars", "scalars", "cut", "bytes", "words", "twice", "zeros"))
    if way == "scalars":
        t.world.make("campaign_world", t.folder, t.world.classifier, t.random.randrange(1 << 30), 1)
        os.rename(t.at("0.tflite"), mutant)
    else:
        with open(mutant, "wb") as file:
            file.write(damaged(t.random, data, way))
    t.tell(way)
    run = t.world.run_arguments([("good", t.world.model("fp32")), ("bad", mutant)], t.at("result"), rounds=1)
    run += ["--load-timeout-s", "5", "--request-timeout-s", "5", "--memory-limit-mb", "512"]
    for arguments in (["inspect", mutant, "--json"], run):
        process = t.start(arguments)
        peak = Peak(process.pid)
        while process.poll() is None and peak.watch():
            t.sleep(0.02)
        code = t.wait(process, SECONDS)
        t.check(code in (0, 1, 2) or -code in DEADLY, f"{arguments[0]}: exit code {code}: {t.errors(process)}")
        t.check(process.ended - process.began < SECONDS * t.world.slow, f"took {process.ended - process.began:.1f} s")
        t.check(peak.mb < MOST_MB, f"took {peak.mb} MB")
        if code == 2:
            t.check(t.errors(process, 4000).count("\n") == 0, f"not one line: {t.errors(process)}")
    if code in (0, 1):
        report = read_report(t, t.at("result"))
        good = next((cell for cell in report["cells"] if cell["id"] == "good"), None) if report else None
        t.check(good and good["lanes"][0]["outcome"]["status"] == "ok", "the good cell is not ok")
    t.check_clean(t.at("result"))


class Peak:
    """VmHWM of a process, which is gone when the process is."""

    def __init__(self, pid):
        self.file, self.mb, self.left = f"/proc/{pid}/status", 0, 5000

    def watch(self):
        """Looks once; False when it has looked for long enough."""
        self.left -= 1
        try:
            with open(self.file, encoding="utf-8") as status:
                for line in status:
                    if line.startswith("VmHWM"):
                        self.mb = max(self.mb, int(line.split()[1]) // 1024)
        except OSError:
            pass
        return self.left > 0


def damaged(random, data, way):
    """Cut off, some bytes or aligned words changed, a second copy behind, a stretch of zeros."""
    if way == "cut":
        return data[:random.randrange(len(data))]
    if way == "twice":
        return data + data
    if way == "zeros":
        start = random.randrange(len(data))
        data[start:start + 4096] = bytes(len(data[start:start + 4096]))
        return data
    for _ in range(random.choice((1, 4, 64))):
        # Most of the file is weights; the tables lie at both ends.
        place = random.choice((random.randrange(len(data)), random.randrange(4096), -1 - random.randrange(60000)))
        if way == "bytes":
            data[place] = random.randrange(256)
        else:
            place = place % len(data) // 4 * 4
            data[place:place + 4] = random.choice((b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\x80",
                                                   random.randbytes(4)))
    return data
