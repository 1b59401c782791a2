# SPDX-License-Identifier: Apache-2.0
"""Tests of scripts/train_default_classifier.py as a person runs it."""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import unittest

from support import SCRIPTS, Table, installed, np


def run_script(*arguments, path=""):
    """The training script as a finished process."""
    command = [sys.executable, os.path.join(SCRIPTS, "train_default_classifier.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path}, check=False)


@unittest.skipUnless(installed("torch") and installed("PIL.Image"), "python3-torch or python3-pil is not installed")
class TrainingTest(unittest.TestCase):
    """Trains for a second or two on a folder of plain images."""

    @classmethod
    def setUpClass(cls):
        from training.data import Image
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        rng = np.random.default_rng(5)
        for name, low in (("day", 128), ("night", 0)):
            os.makedirs(cls.path("photos", name))
            for i in range(10):
                pixels = rng.integers(low, low + 128, (32, 32, 3), dtype=np.uint8)
                Image.fromarray(pixels).save(cls.path("photos", name, f"{i}.png"))
        cls.options = ("--data", cls.path("photos"), "--size", "32", "--batch", "8", "--threads", "1")
        cls.done = run_script(*cls.options, "--epochs", "2", "--out", cls.path("first.tflite"))

    @classmethod
    def path(cls, *parts):
        return os.path.join(cls.folder.name, *parts)

    def content(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def test_a_folder_gives_a_model_a_card_and_a_checkpoint(self):
        self.assertEqual(self.done.returncode, 0, self.done.stderr)
        card = json.loads(self.content("first.json"))
        model = self.content("first.tflite")
        self.assertEqual(card["sha256"], hashlib.sha256(model).hexdigest())
        self.assertEqual(card["bytes"], len(model))
        self.assertEqual(card["classes"], ["day", "night"])
        self.assertIn("--data photos", card["command"])
        self.assertTrue(os.path.isfile(self.path("first.pt")))

    def test_the_same_seed_gives_the_same_file(self):
        done = run_script(*self.options, "--epochs", "2", "--out", self.path("again.tflite"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.content("again.tflite"), self.content("first.tflite"))

    def test_transfer_first_trains_the_classifying_layer_alone(self):
        done = run_script(*self.options, "--epochs", "1", "--init", self.path("first.pt"), "--out",
                          self.path("head.tflite"))
        self.assertEqual(done.returncode, 0, done.stderr)
        before, after = (dict(self.constants(name)) for name in ("first.tflite", "head.tflite"))
        changed = [name for name, values in before.items() if values != after[name]]
        self.assertEqual(sorted(changed), ["logits/bias", "logits/weights"])

    def constants(self, name):
        model = Table.root(self.content(name))
        buffers = model.tables(4)
        for tensor in model.tables(2)[0].tables(0):
            if tensor.number(2, "I"):
                yield tensor.text(3), buffers[tensor.number(2, "I")].numbers(0, "u1").tobytes()

    def test_a_file_that_is_no_checkpoint_is_refused_in_one_line(self):
        done = run_script(*self.options, "--init", self.path("photos", "day", "0.png"), "--out", self.path("x.tflite"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("cannot start from the checkpoint", done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1)
        self.assertFalse(os.path.exists(self.path("x.tflite")))


class ShippedModelTest(unittest.TestCase):
    def test_the_card_is_that_of_the_shipped_file_and_the_accuracy_lets_losses_show(self):
        stem = os.path.join(SCRIPTS, "..", "configs", "models", "default_fp32")
        with open(f"{stem}.json", encoding="utf-8") as file:
            card = json.load(file)
        with open(f"{stem}.tflite", "rb") as file:
            model = file.read()
        self.assertEqual(card["sha256"], hashlib.sha256(model).hexdigest())
        self.assertEqual(card["bytes"], len(model))
        self.assertLess(len(model), 2 << 20)
        for score in card["top1"].values():
            self.assertTrue(0.92 <= score <= 0.98)


class CommandTest(unittest.TestCase):

    def test_missing_torch_names_the_debian_package_in_one_line(self):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "torch.py"), "w", encoding="utf-8") as file:
                file.write("raise ImportError('not here')\n")
            done = run_script(path=folder)
        self.assertEqual(done.returncode, 1)
        self.assertIn("python3-torch", done.stderr)
        self.assertEqual(done.stderr.count("\n"), 1)

    def test_contradictory_options_are_refused(self):
        done = run_script("--val", "somewhere")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--val needs --data", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
