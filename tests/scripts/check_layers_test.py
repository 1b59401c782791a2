#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The rules of scripts/check_layers.py: each forbidden include is found, each allowed one is not."""

import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
import check_layers  # noqa: E402


class CheckLayersTest(unittest.TestCase):
    def reasons(self, path, *lines):
        return [reason for _, reason in check_layers.check_file(path, "\n".join(lines))]

    def assert_allowed(self, path, *lines):
        self.assertEqual(self.reasons(path, *lines), [])

    def assert_forbidden(self, path, line, word):
        reasons = self.reasons(path, line)
        self.assertEqual(len(reasons), 1, f"{path} with {line}")
        self.assertIn(word, reasons[0])

    def test_middle_rooms_never_meet(self):
        rooms = ("models", "runners", "datasets", "reports")
        for room in rooms:
            for other in rooms:
                line = f'#include "{other}/x.h"'
                if room == other:
                    self.assert_allowed(f"{room}/a.cc", line)
                else:
                    self.assert_forbidden(f"{room}/a.cc", line, f"must not include {other}/")

    def test_arrows_point_down(self):
        self.assert_allowed("harness/engine/a.cc", '#include "runners/runner.h"', '#include "core/error.h"')
        self.assert_forbidden("core/a.cc", '#include "models/x.h"', "core/ must not include models/")
        self.assert_forbidden("runners/a.h", '#include "harness/engine/plan.h"', "must not include harness/")

    def test_the_engine_does_not_know_the_program(self):
        self.assert_allowed("harness/app/main.cc", '#include "harness/engine/plan.h"')
        self.assert_forbidden("harness/engine/a.cc", '#include "harness/app/config.h"', "must not include harness/app/")

    def test_nothing_but_tests_includes_tests(self):
        self.assert_allowed("tests/runners/a_test.cc", '#include "tests/support/fake_runner.h"')
        self.assert_forbidden("harness/app/main.cc", '#include "tests/support/fake_runner.h"', "must not include tests/")

    def test_libraries_stay_where_they_belong(self):
        self.assert_allowed("datasets/decode.cc", "#include <opencv2/imgcodecs.hpp>")
        self.assert_allowed("runners/opencv_runner.cc", "#include <opencv2/dnn.hpp>")
        self.assert_forbidden("runners/tflite_runner.cc", "#include <opencv2/core.hpp>", "opencv2")
        self.assert_forbidden("harness/app/probe.cc", "#include <libusb-1.0/libusb.h>", "runners/accelerators/")
        self.assert_forbidden("harness/app/history.cc", "#include <SQLiteCpp/SQLiteCpp.h>", "reports/history/")
        self.assert_forbidden("runners/a.cc", "#include <flatbuffers/flatbuffers.h>", "models/")
        self.assert_allowed("tests/support/tiny_model.cc", "#include <flatbuffers/flatbuffers.h>")

    def test_generated_headers_have_an_owner(self):
        self.assert_allowed("models/reader.cc", '#include "tflite_generated.h"')
        self.assert_allowed("models/graph_def_reader.cc", '#include "graph_def.pb.h"')
        self.assert_allowed("harness/app/main.cc", '#include "version.h"')
        self.assert_forbidden("reports/a.cc", '#include "tflite_generated.h"', "generated")

    def test_paths_start_at_the_root(self):
        self.assert_forbidden("core/a.cc", '#include "error.h"', "repository root")

    def test_interface_headers_show_no_library(self):
        self.assert_allowed("runners/runner.h", "#include <vector>", '#include "core/tensor_spec.h"')
        self.assert_forbidden("runners/runner.h", "#include <nlohmann/json.hpp>", "interface header")
        self.assert_forbidden("datasets/dataset.h", "#include <dlfcn.h>", "interface header")

    def test_the_line_is_told(self):
        found = list(check_layers.check_file("core/a.cc", '\n\n  #  include "models/x.h"  // why\n'))
        self.assertEqual([number for number, _ in found], [3])

    def test_a_whole_tree_is_read(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "models" / "deep").mkdir(parents=True)
            (root / "models" / "deep" / "a.cc").write_text('#include "reports/x.h"\n', encoding="utf-8")
            (root / "models" / "notes.txt").write_text('#include "reports/x.h"\n', encoding="utf-8")
            self.assertEqual(
                check_layers.check_tree(root),
                ["models/deep/a.cc:1: models/ must not include reports/ (reports/x.h)"],
            )


if __name__ == "__main__":
    unittest.main()
