# SPDX-License-Identifier: Apache-2.0
"""The disk is full at some moment of a run (a small tmpfs, or a limit on files); with space, --resume ends it."""

import os
import subprocess

from trial import check_counts, check_kept, log_lines, read_report

SMALL = 16


def prepare(world):
    """What a run counts, and whether this machine lets us mount."""
    import kills
    if not hasattr(world, "run_counts"):
        kills.prepare(world)
    probe = subprocess.run(["unshare", "-rm", "sh", "-c", f"mount -t tmpfs none {world.at('images')}"], check=False,
                           capture_output=True)
    world.can_mount = probe.returncode == 0


def trial(t):
    """A limit on every file, or a folder (sometimes TMPDIR too) of a few kilobytes."""
    if t.random.random() < 0.5 or not t.world.can_mount:
        limited_files(t)
    else:
        small_folder(t)


def limited_files(t):
    """RLIMIT_FSIZE, which acts on qbench and its workers."""
    folder = t.at("result")
    limit = int(2 ** t.random.uniform(0, 17))
    t.tell(f"files of {limit} bytes at most")
    arguments = t.world.run_arguments([*t.world.two(), ("fixed", t.world.model("fixed"))], folder)
    reader, writer = os.pipe()  # which the limit does not hold
    process = t.start(arguments, limit_file_bytes=limit, stderr=writer)
    os.close(writer)
    code = t.wait(process)
    os.set_blocking(reader, False)
    with open(reader, "rb") as said:
        told(t, code, (said.read() or b"").decode(errors="replace").strip())
    lines = log_lines(folder)
    if os.path.exists(os.path.join(folder, "plan.json")):
        t.finish(["-q", "run", "--resume", folder], "the resumed run")
        judge(t, folder, lines)
    else:
        t.check_clean(folder)


SCRIPT = """
mount -t tmpfs -o size={size} none {disk} && mkdir -p {disk}/tmp || exit 77
{first} 2>{disk}.err; echo $? >{disk}.code
cp {disk}/result/cells.jsonl {disk}.jsonl 2>/dev/null
mount -o remount,size=64m {disk}
[ -f {disk}/result/plan.json ] || exit 0
{second} 2>{disk}.err2; echo $? >{disk}.code2
cp -r {disk}/result {disk}.copy; ls {disk}/tmp >{disk}.tmp
"""


def small_folder(t):
    """A tmpfs of its own in a name space of its own."""
    disk, size = t.at("disk"), 4096 * t.random.randrange(2, 60)
    t.tell(f"a disk of {size} bytes")
    os.makedirs(disk)
    temporary = f"TMPDIR={disk}/tmp " if t.random.random() < 0.5 else ""
    run = [t.world.qbench, *t.world.run_arguments([*t.world.two(), ("fixed", t.world.model("fixed"))],
                                                  f"{disk}/result")]
    script = SCRIPT.format(size=size, disk=disk, first=temporary + " ".join(f"'{word}'" for word in run),
                           second=f"{temporary}'{t.world.qbench}' -q run --resume '{disk}/result'")
    process = t.run(["-rm", "sh", "-c", script], program="unshare")
    if not t.check(process.code == 0, f"the script ended with {process.code}: {t.errors(process)}"):
        return
    told(t, number_in(disk + ".code"), text_in(disk + ".err"))
    if not os.path.exists(disk + ".code2"):
        return
    t.check(number_in(disk + ".code2") == 0, f"resumed with space: {text_in(disk + '.err2')}")
    t.check(not text_in(disk + ".tmp"), f"left in TMPDIR: {text_in(disk + '.tmp')}")
    os.makedirs(disk + ".log")
    if os.path.exists(disk + ".jsonl"):
        os.rename(disk + ".jsonl", disk + ".log/cells.jsonl")
    judge(t, disk + ".copy", log_lines(disk + ".log"))


def text_in(path):
    """A small text file."""
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read().strip()


def number_in(path):
    """An exit code, as the shell gives it."""
    return int(text_in(path))


def told(t, code, text):
    """0, or one line of what and where; with exit code 1 the cell's status tells it."""
    t.check(code in (0, 1, 2), f"exit code {code}: {text}")
    if code == 2:
        t.check(text.count("\n") == 0 and ("/" in text), f"not one line that names a file: {text}")


def judge(t, folder, lines):
    """After the resumption all is there."""
    report = read_report(t, folder)
    if report:
        check_kept(t, lines, report)
        check_counts(t, report, t.world.run_counts)
    t.check_clean(folder)
