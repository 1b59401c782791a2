#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What scripts/setup.sh does on machines that lack this or that, with stand-ins for the system's commands."""

import os
import pathlib
import shutil
import stat
import subprocess
import tempfile
import unittest

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "scripts"

# Stand-ins: each command appends its arguments to $LOG; what it answers comes from the environment.
COMMANDS = {
    "dpkg-query": 'case " $MISSING " in *" ${!#} "*) exit 1 ;; esac; printf installed',
    "dpkg": 'printf "%s\\n" "$ARCHITECTURE"',
    "apt-get": 'printf "apt-get %s [%s]\\n" "$*" "$DEBIAN_FRONTEND" >>"$LOG"',
    "sudo": 'exec "$@"',
    "npm": 'printf "npm %s\\n" "$*" >>"$LOG"; [ "$NPM" = ok ] || exit 1; cp "$PACKAGE" package-0.0.2.tgz',
    "sha512sum": 'cat >/dev/null; [ "$CHECKSUM" = good ]',
}


class SetupTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="qbench setup ")  # a blank in the path must not matter
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / "scripts").mkdir()
        for name in ("setup.sh", "packages.txt"):
            shutil.copy(SCRIPTS / name, self.root / "scripts" / name)
        self.log = self.root / "log"
        commands = self.root / "commands"
        commands.mkdir()
        for name, body in COMMANDS.items():
            script = commands / name
            script.write_text(f"#!/usr/bin/env bash\n{body}\n", encoding="utf-8")
            script.chmod(script.stat().st_mode | stat.S_IXUSR)
        self.environment = {
            "PATH": f"{commands}:{os.environ['PATH']}",
            "LOG": str(self.log),
            "PACKAGE": str(self.make_package()),
            "MISSING": "",
            "ARCHITECTURE": "amd64",
            "NPM": "ok",
            "CHECKSUM": "good",
        }

    def make_package(self):
        deps = self.root / "made" / "package" / "cc_deps"
        headers = deps / "include" / "tensorflow" / "lite" / "c"
        headers.mkdir(parents=True)
        (headers / "c_api.h").write_text("// header\n", encoding="utf-8")
        for system in ("linux_amd64", "linux_arm64"):
            (deps / system).mkdir()
            (deps / system / "libtensorflowlite_c.so").write_text(system, encoding="utf-8")
        archive = self.root / "made.tgz"
        subprocess.run(["tar", "-czf", archive, "-C", self.root / "made", "package"], check=True)
        return archive

    def run_setup(self, **environment):
        self.log.write_text("", encoding="utf-8")
        result = subprocess.run(
            ["bash", self.root / "scripts" / "setup.sh"],
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        return result, self.log.read_text(encoding="utf-8")

    @property
    def runtime(self):
        return self.root / ".deps" / "tflite-2.9.0"

    def test_fetches_the_runtime_of_the_architecture_once(self):
        for architecture in ("amd64", "arm64"):
            result, log = self.run_setup(ARCHITECTURE=architecture)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn("npm pack", log)
            self.assertIn("--ignore-scripts", log)
            library = self.runtime / "lib" / "libtensorflowlite_c.so"
            self.assertEqual(library.read_text(encoding="utf-8"), f"linux_{architecture}")
            self.assertTrue((self.runtime / "include/tensorflow/lite/c/c_api.h").exists())
            result, log = self.run_setup(ARCHITECTURE=architecture)
            self.assertEqual((result.returncode, result.stdout, log), (0, "", ""))
            shutil.rmtree(self.root / ".deps")

    def test_installs_only_what_is_missing_and_says_so_in_one_line(self):
        result, log = self.run_setup(MISSING="libzip-dev libfmt-dev")
        self.assertEqual(result.returncode, 0, result.stderr)
        lines = [line for line in result.stdout.splitlines() if "packages" in line]
        self.assertEqual(lines, ["setup: installing the packages libfmt-dev libzip-dev"])
        install = [line for line in log.splitlines() if " install " in line]
        self.assertEqual(len(install), 1)
        self.assertIn("libfmt-dev libzip-dev [noninteractive]", install[0])
        self.assertIn(" -y ", install[0])

    def test_a_command_from_elsewhere_makes_its_package_unneeded(self):
        _, log = self.run_setup(MISSING="npm cmake")
        self.assertNotIn("apt-get", log)

    def test_a_wrong_checksum_unpacks_nothing(self):
        result, _ = self.run_setup(CHECKSUM="bad")
        self.assertEqual(result.returncode, 2)
        self.assertIn("SHA-512", result.stderr)
        self.assertFalse(self.runtime.exists())
        self.assertEqual(list((self.root / ".deps").iterdir()), [])

    def test_without_the_registry_it_says_what_else_would_do(self):
        result, _ = self.run_setup(NPM="down")
        self.assertEqual(result.returncode, 2)
        self.assertIn("QBENCH_TFLITE_LIB", result.stderr)

    def test_an_own_library_wins_and_only_headers_are_fetched(self):
        own = self.root / "libtensorflowlite_c.so"
        own.write_text("mine", encoding="utf-8")
        result, _ = self.run_setup(QBENCH_TFLITE_LIB=str(own))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue((self.runtime / "include").exists())
        self.assertFalse((self.runtime / "lib").exists())

    def test_an_own_library_that_is_not_there_is_an_error(self):
        result, _ = self.run_setup(QBENCH_TFLITE_LIB="/nonexistent/lib.so")
        self.assertEqual(result.returncode, 2)
        self.assertIn("/nonexistent/lib.so", result.stderr)

    def test_another_architecture_goes_on_without_a_library(self):
        result, _ = self.run_setup(ARCHITECTURE="riscv64")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("no packaged TensorFlow Lite library for riscv64", result.stdout)
        self.assertTrue((self.runtime / "include").exists())
        self.assertFalse((self.runtime / "lib").exists())


if __name__ == "__main__":
    unittest.main()
