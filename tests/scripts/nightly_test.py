#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What scripts/nightly.sh does with a stand-in for qbench, and whether the examples beside it are well formed."""

import os
import pathlib
import shutil
import stat
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "nightly.sh"
EXAMPLES = ROOT / "docs" / "nightly"

# Appends its arguments to $LOG. `compare` ends with $COMPARE; `history add` counts its runs; `history check` answers
# with the next word of $STATES and its exit code.
STAND_IN = r"""#!/usr/bin/env bash
printf '%s\n' "$*" >>"$LOG"
case "$1 $2 $3" in
  "-q compare --live")
    for last; do :; done
    mkdir -p "$last"
    [ -z "$SLEEP" ] || sleep "$SLEEP"
    [ "$COMPARE" -le 1 ] || echo "qbench: that went wrong" >&2
    exit "$COMPARE" ;;
  "history add "*)
    n=$(($(cat "$LOG.runs" 2>/dev/null || echo 0) + 1)); echo "$n" >"$LOG.runs"
    echo "'folder' added as run $n: 3 lanes, 2 series" ;;
  "history check "*)
    n=$(($(cat "$LOG.checks" 2>/dev/null || echo 0) + 1)); echo "$n" >"$LOG.checks"
    answer=$(echo "$STATES" | cut -d' ' -f"$n")
    echo "table"; echo "state: ${answer%:*}"; exit "${answer#*:}" ;;
esac
"""


class NightlyTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="qbench nightly ")  # a blank in the path must not matter
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        for prefix in ("reference", "candidate"):
            program = self.root / prefix / "bin" / "qbench"
            program.parent.mkdir(parents=True)
            program.write_text(STAND_IN, encoding="utf-8")
            program.chmod(program.stat().st_mode | stat.S_IXUSR)
        self.log = self.root / "log"
        self.environment = {"PATH": os.environ["PATH"], "LOG": str(self.log), "COMPARE": "0", "SLEEP": "",
                            "STATES": "quiet:0"}

    def arguments(self, *more):
        return ["bash", str(SCRIPT), "--reference", str(self.root / "reference"), "--candidate",
                str(self.root / "candidate"), "--model", "a model.tflite", "--db", str(self.root / "history.db"),
                "--results", str(self.root / "results"), *more]

    def run_script(self, *more, command=None, **environment):
        result = subprocess.run(command or self.arguments(*more), env={**self.environment, **environment},
                                capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=60)
        lines = self.log.read_text(encoding="utf-8").splitlines() if self.log.exists() else []
        return result, lines

    def test_a_quiet_night_is_one_run(self):
        result, calls = self.run_script("--data", "images", "--commit", "c0ffee", "--branch", "main", "--gate",
                                        "size<=+0%", "--", "--rounds", "80")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(len(calls), 3)
        reference, candidate = (self.root / name / "bin" / "qbench" for name in ("reference", "candidate"))
        self.assertIn(f"compare --live --again --binary-a {reference} --binary-b {candidate} --model a model.tflite "
                      "--data images --rounds 80 -o ", calls[0])
        self.assertIn("--commit c0ffee --branch main --new-night ", calls[1])
        self.assertIn("check --db ", calls[2])
        self.assertIn("--branch main --gate size<=+0%", calls[2])
        self.assertIn("nightly: state: quiet", result.stdout)

    def test_a_slow_night_is_run_again_before_it_counts(self):
        result, calls = self.run_script(STATES="confirm-needed:0 alarm:3")
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertEqual([call.split()[1] for call in calls], ["compare", "add", "check", "compare", "add", "check"])
        self.assertIn("--confirm --night 1 ", calls[4])
        self.assertIn("-again", calls[4])

    def test_a_clock_that_starts_anew_every_night_overwrites_nothing(self):
        tools = self.root / "tools"
        tools.mkdir()
        (tools / "date").write_text("#!/bin/sh\necho 19700101T000530Z\n", encoding="utf-8")
        (tools / "date").chmod(0o755)
        path = {"PATH": f"{tools}:{self.environment['PATH']}"}
        for states in ("quiet:0", "quiet:0 quiet:0"):
            result, calls = self.run_script(STATES=states, **path)
            self.assertEqual(result.returncode, 0, result.stderr)
        folders = [call.rsplit(" ", 1)[1] for call in calls if "compare" in call]
        self.assertEqual([pathlib.Path(folder).name for folder in folders],
                         ["night-19700101T000530Z", "night-19700101T000530Z.2"])

    def test_a_night_that_is_not_confirmed_is_quiet(self):
        result, calls = self.run_script(STATES="confirm-needed:0 quiet:0")
        self.assertEqual((result.returncode, len(calls)), (0, 6))

    def test_it_never_runs_a_third_time(self):
        _, calls = self.run_script(STATES="confirm-needed:0 confirm-needed:0 confirm-needed:0")
        self.assertEqual(len(calls), 6)

    def test_an_alarm_that_is_old_ends_with_three(self):
        result, calls = self.run_script(STATES="alarm:3")
        self.assertEqual((result.returncode, len(calls)), (3, 3))

    def test_a_failed_cell_is_kept_and_ends_with_one(self):
        result, calls = self.run_script(COMPARE="1")
        self.assertEqual((result.returncode, len(calls)), (1, 3))

    def test_a_run_that_did_not_happen_adds_nothing(self):
        result, calls = self.run_script(COMPARE="2")
        self.assertEqual((result.returncode, len(calls)), (2, 1))
        self.assertIn("that went wrong", result.stderr)
        self.assertIn("nothing was added", result.stderr)

    def test_a_check_that_cannot_be_made_ends_with_its_code(self):
        result, _ = self.run_script(STATES="quiet:2")
        self.assertEqual(result.returncode, 2)

    def test_two_nights_never_run_at_once(self):
        with subprocess.Popen(self.arguments(), env={**self.environment, "SLEEP": "5"}, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL) as first:
            for _ in range(100):
                if self.log.exists():
                    break
                time.sleep(0.05)
            result, _ = self.run_script()
            self.assertEqual(result.returncode, 2)
            self.assertIn("another night is running", result.stderr)
            self.assertEqual(first.wait(timeout=30), 0)
        (self.root / "log.checks").unlink()
        self.assertEqual(self.run_script()[0].returncode, 0)

    def test_settings_may_come_from_the_environment(self):
        result, calls = self.run_script(
            command=["bash", str(SCRIPT)], QBENCH_REFERENCE=str(self.root / "reference"),
            QBENCH_CANDIDATE=str(self.root / "candidate"), QBENCH_MODELS="a.tflite\nb.tflite\n",
            QBENCH_HISTORY=str(self.root / "h.db"), QBENCH_RESULTS=str(self.root / "r"), QBENCH_GATES="rss<=+10%")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("--model a.tflite --model b.tflite", calls[0])
        self.assertIn("--gate rss<=+10%", calls[2])

    def test_what_is_missing_is_one_line(self):
        for command in (["--reference", "x"], [], ["--model"], ["--what"],
                        ["--reference", "/nonexistent", "--candidate", "/nonexistent", "--model", "m"]):
            result, calls = self.run_script(command=["bash", str(SCRIPT), *command])
            self.assertEqual((result.returncode, len(calls)), (2, 0), command)
            self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)

    def test_help_is_for_everybody(self):
        result, _ = self.run_script(command=["bash", str(SCRIPT), "--help"])
        self.assertEqual(result.returncode, 0)
        self.assertIn("--reference PREFIX", result.stdout)
        self.assertIn("Exit codes", result.stdout)


class ExamplesTest(unittest.TestCase):
    def test_shellcheck_finds_nothing(self):
        if not shutil.which("shellcheck"):
            self.skipTest("shellcheck is not installed")
        result = subprocess.run(["shellcheck", SCRIPT], capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 0, result.stdout)

    def test_systemd_accepts_the_units(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("systemd-analyze is not installed")
        with tempfile.TemporaryDirectory() as folder:
            units = []
            for name in ("qbench-nightly.service", "qbench-nightly.timer"):
                text = (EXAMPLES / name).read_text(encoding="utf-8")
                unit = pathlib.Path(folder) / name
                unit.write_text(text, encoding="utf-8")
                units.append(unit)
            result = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False,
                                    timeout=60)
            complaints = [line for line in result.stderr.splitlines() if "qbench-nightly" in line]
            self.assertEqual(complaints, [])

    def test_every_setting_of_the_example_is_one_that_the_script_reads(self):
        script = SCRIPT.read_text(encoding="utf-8")
        for name in ("nightly.env", "github-nightly.yml"):
            for line in (EXAMPLES / name).read_text(encoding="utf-8").splitlines():
                setting = line.strip().split(":")[0].split("=")[0]
                if setting.startswith("QBENCH_"):
                    self.assertIn("${" + setting + ":-", script, line)

    def test_the_settings_can_be_read_by_a_shell_as_well(self):
        result = subprocess.run(["sh", "-c", '. "$1"; printf "%s" "$QBENCH_GATES"', "sh", EXAMPLES / "nightly.env"],
                                capture_output=True, text=True, check=False)
        self.assertEqual(result.stdout, "latency<=+2%,top1>=-0.5pp,size<=+0%", result.stderr)

    def test_the_workflow_is_yaml_that_runs_the_script(self):
        try:
            import yaml
        except ImportError:
            self.skipTest("python3-yaml is not installed")
        workflow = yaml.safe_load((EXAMPLES / "github-nightly.yml").read_text(encoding="utf-8"))
        steps = workflow["jobs"]["nightly"]["steps"]
        self.assertTrue(any("scripts/nightly.sh" in step.get("run", "") for step in steps))

    def test_the_crontab_has_one_line_of_six_fields(self):
        lines = [line for line in (EXAMPLES / "crontab").read_text(encoding="utf-8").splitlines()
                 if line and not line.startswith("#") and "=" not in line.split()[0]]
        self.assertEqual(len(lines), 1)
        self.assertRegex(lines[0], r"^30 2 \* \* \* .*nightly\.sh")


if __name__ == "__main__":
    unittest.main()
