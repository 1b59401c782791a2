# SPDX-License-Identifier: Apache-2.0
"""Tests of scripts/training that need no training: arithmetic, file bytes, run time agreement, folders of images."""

import io
import os
import tempfile
import unittest
import zipfile

from support import Table, convolve, forward, installed, np, tiny_graph
from training import tflite_runtime
from training.graph import fold_batch_norm, same_padding
from training.problem import Problem
from training.tflite_writer import tflite_bytes


class GraphTest(unittest.TestCase):
    def test_folded_convolution_equals_convolution_then_batch_norm(self):
        rng = np.random.default_rng(1)
        images = rng.normal(size=(2, 7, 7, 3))
        weights = rng.normal(size=(5, 3, 3, 3))  # OHWI
        gamma, beta, mean = rng.normal(size=(3, 5))
        variance = rng.uniform(0.01, 4, 5)
        plain = convolve(images, weights, np.zeros(5), 2, depthwise=False)
        expected = gamma * (plain - mean) / np.sqrt(variance + 1e-5) + beta
        folded, bias = fold_batch_norm(weights, gamma, beta, mean, variance, 1e-5)
        np.testing.assert_allclose(convolve(images, folded, bias, 2, depthwise=False), expected, atol=1e-5)

    def test_same_padding_puts_the_odd_pixel_last(self):
        self.assertEqual(same_padding(96, 3, 2), (0, 1))
        self.assertEqual(same_padding(97, 3, 2), (1, 1))
        self.assertEqual(same_padding(96, 3, 1), (1, 1))
        self.assertEqual(same_padding(96, 1, 1), (0, 0))

    def test_parameters_macs_and_shapes_of_a_known_graph(self):
        graph = tiny_graph(np.random.default_rng(1), size=9)
        self.assertEqual(graph.shapes()["stem"], (5, 5, 4))
        self.assertEqual(graph.shapes()["narrow"], (3, 3, 4))
        self.assertEqual(graph.shapes()["probabilities"], (3,))
        self.assertEqual(graph.parameters(), (108 + 4) + (36 + 4) + (16 + 4) + (36 + 4) + (12 + 3))
        self.assertEqual(graph.macs(), 25 * 108 + 25 * 36 + 25 * 16 + 9 * 36 + 12)


class TfliteWriterTest(unittest.TestCase):
    def setUp(self):
        self.graph = tiny_graph(np.random.default_rng(2))
        self.data = tflite_bytes(self.graph, "tiny")
        self.model = Table.root(self.data)
        self.subgraph = self.model.tables(2)[0]
        self.buffers = self.model.tables(4)

    def metadata(self, name):
        entry = next(e for e in self.model.tables(6) if e.text(0) == name)
        return self.buffers[entry.number(1, "I")].numbers(0, "u1").tobytes()

    def test_file_is_version_3_with_an_empty_first_buffer(self):
        self.assertEqual(self.data[4:8], b"TFL3")
        self.assertEqual(self.model.number(0, "I"), 3)
        self.assertEqual(self.buffers[0].vector(0)[1], 0)

    def test_same_graph_gives_the_same_bytes(self):
        self.assertEqual(self.data, tflite_bytes(self.graph, "tiny"))

    def test_every_constant_starts_on_a_multiple_of_16(self):
        for buffer in self.buffers[1:]:
            self.assertEqual(buffer.vector(0)[0] % 16, 0)

    def test_operations_are_in_order_with_their_codes_and_version_1(self):
        codes = self.model.tables(1)
        found = [codes[o.number(0, "I")] for o in self.subgraph.tables(3)]
        self.assertEqual([c.number(3, "i") for c in found], [3, 4, 3, 0, 4, 40, 9, 25])
        self.assertEqual([c.number(0, "b") for c in found], [3, 4, 3, 0, 4, 40, 9, 25])
        self.assertEqual({c.number(2, "i", 1) for c in found}, {1})

    def test_weights_and_biases_are_stored_as_given(self):
        tensors = self.subgraph.tables(0)
        for node, operator in zip(self.graph.nodes, self.subgraph.tables(3)):
            if node.weights is None:
                continue
            for index, values in zip(operator.numbers(1, "<i4")[1:], (node.weights, node.bias)):
                tensor = tensors[index]
                self.assertEqual(tuple(tensor.numbers(0, "<i4")), values.shape)
                stored = self.buffers[tensor.number(2, "I")].numbers(0, "u1").tobytes()
                self.assertEqual(stored, values.tobytes())

    def test_activations_have_a_free_batch_and_no_data(self):
        tensor = self.subgraph.tables(0)[self.subgraph.numbers(1, "<i4")[0]]
        self.assertEqual(tensor.text(3), "image")
        self.assertEqual(list(tensor.numbers(0, "<i4")), [1, 9, 9, 3])
        self.assertEqual(list(tensor.numbers(7, "<i4")), [-1, 9, 9, 3])
        self.assertEqual(tensor.number(2, "I"), 0)

    def test_strides_and_activations_are_in_the_options(self):
        stem, narrow = (self.subgraph.tables(3)[i].table(4) for i in (0, 4))
        self.assertEqual([stem.number(i, "i") for i in (1, 2)], [2, 2])
        self.assertEqual((stem.number(0, "b"), stem.number(3, "b")), (0, 3))
        self.assertEqual([narrow.number(i, "i") for i in (1, 2, 3)], [2, 2, 1])
        self.assertEqual(narrow.number(4, "b"), 3)

    def test_metadata_declares_normalisation_and_runtime(self):
        self.assertEqual(self.metadata("min_runtime_version"), b"1.5.0".ljust(16, b"\0"))
        data = self.metadata("TFLITE_METADATA")
        self.assertEqual(data[4:8], b"M001")
        image = Table.root(data).tables(3)[0].tables(2)[0]
        unit = image.tables(4)[0]
        self.assertEqual(unit.number(0, "B"), 1)
        self.assertEqual(list(unit.table(1).numbers(0, "<f4")), [127.5])
        self.assertEqual(list(unit.table(1).numbers(1, "<f4")), [127.5])
        stats = image.table(5)
        self.assertEqual((stats.numbers(0, "<f4")[0], stats.numbers(1, "<f4")[0]), (1.0, -1.0))

    def test_class_names_are_in_an_archive_at_the_end(self):
        labels = Table.root(self.metadata("TFLITE_METADATA")).tables(3)[0].tables(3)[0].tables(6)[0]
        with zipfile.ZipFile(io.BytesIO(self.data)) as archive:
            self.assertEqual(archive.namelist(), [labels.text(0)])
            self.assertEqual(archive.read(labels.text(0)), b"a\nb\nc\n")


class RuntimeTest(unittest.TestCase):
    def setUp(self):
        path = tflite_runtime.find_library()
        if path is None:
            self.skipTest(f"no libtensorflowlite_c.so: set {tflite_runtime.LIBRARY_VARIABLE}")
        self.library = tflite_runtime.open_library(path)

    def test_written_file_computes_the_graph_at_any_batch_with_both_kernels(self):
        rng = np.random.default_rng(3)
        graph = tiny_graph(rng)
        images = rng.uniform(-1, 1, (7, 9, 9, 3)).astype(np.float32)
        expected = forward(graph, images)
        for kernels in ("builtin", "xnnpack"):
            for batch in (1, 3):
                outputs = tflite_runtime.Interpreter(self.library, tflite_bytes(graph), batch, kernels).run_all(images)
                np.testing.assert_allclose(outputs, expected, atol=1e-5, err_msg=f"{kernels}, batch {batch}")

    def test_a_damaged_file_is_refused(self):
        with self.assertRaisesRegex(Problem, "refuses the model"):
            tflite_runtime.Interpreter(self.library, b"\0" * 100, 1)


@unittest.skipUnless(installed("torch"), "python3-torch is not installed")
class ModelTest(unittest.TestCase):
    def test_graph_of_the_network_computes_what_torch_computes(self):
        from training.fit import new_network
        from training.model import torch
        torch.manual_seed(4)
        network = new_network(3).eval()
        for module in network.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.1)
                module.running_var.uniform_(0.5, 2)
        images = np.random.default_rng(4).uniform(-1, 1, (2, 37, 37, 3)).astype(np.float32)
        with torch.no_grad():
            expected = network(torch.from_numpy(images).permute(0, 3, 1, 2)).numpy()
        self.assertGreater(np.abs(expected).max(), 1e-2)
        logits = forward(network.graph(["a", "b", "c"], 37), images, "logits")
        np.testing.assert_allclose(logits, expected, atol=1e-4)


@unittest.skipUnless(installed("PIL.Image"), "python3-pil is not installed")
class DataTest(unittest.TestCase):
    def setUp(self):
        from training import data
        self.data = data
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def add_image(self, name, colour, size=(20, 10)):
        path = os.path.join(self.folder.name, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        self.data.Image.new("RGB", size, colour).save(path)

    def test_folder_is_read_in_sorted_class_order_and_stretched(self):
        self.add_image("zebra/1.png", (255, 0, 0))
        self.add_image("ant/1.png", (0, 255, 0))
        images = self.data.load_folder(self.folder.name, 32)
        self.assertEqual(images.classes, ["ant", "zebra"])
        self.assertEqual(images.pixels.shape, (2, 32, 32, 3))
        self.assertEqual(list(images.pixels[0, 31, 31]), [0, 255, 0])
        self.assertEqual(list(images.labels), [0, 1])

    def test_too_few_classes_and_empty_classes_are_problems(self):
        with self.assertRaisesRegex(Problem, "0 class sub-folders"):
            self.data.load_folder(self.folder.name, 32)
        self.add_image("ant/1.png", (0, 0, 0))
        with self.assertRaisesRegex(Problem, "1 class sub-folders"):
            self.data.load_folder(self.folder.name, 32)
        os.makedirs(os.path.join(self.folder.name, "bee"))
        with self.assertRaisesRegex(Problem, "bee holds no readable image"):
            self.data.load_folder(self.folder.name, 32)
        with self.assertRaisesRegex(Problem, "cannot read the folder"):
            self.data.load_folder(os.path.join(self.folder.name, "missing"), 32)

    def test_split_is_disjoint_and_takes_from_every_class(self):
        labels = np.array([0] * 20 + [1] * 4)
        images = self.data.Images(np.arange(24).reshape(24, 1, 1, 1), labels, ["a", "b"])
        rest, held = self.data.split(images, 0.25, np.random.default_rng(1))
        self.assertEqual(sorted([*rest.pixels.ravel(), *held.pixels.ravel()]), list(range(24)))
        self.assertEqual(np.bincount(held.labels).tolist(), [5, 1])

    def test_turning_keeps_the_pixels_and_none_changes_nothing(self):
        pixels = np.random.default_rng(1).integers(0, 256, (40, 4, 4, 3), dtype=np.uint8)
        turned = self.data.augmented(pixels, "turn", np.random.default_rng(2))
        self.assertFalse(np.array_equal(turned, pixels))
        np.testing.assert_array_equal(np.sort(turned.reshape(40, 16, 3), 1), np.sort(pixels.reshape(40, 16, 3), 1))
        np.testing.assert_array_equal(self.data.augmented(pixels, "none", np.random.default_rng(2)), pixels)

    def test_halving_takes_the_mean_of_four_pixels_and_drops_an_odd_edge(self):
        pixels = np.array([[0, 4, 9], [8, 12, 9], [9, 9, 9]], dtype=np.uint8).reshape(1, 3, 3, 1)
        self.assertEqual(self.data.halved(pixels).tolist(), [[[[6]]]])


if __name__ == "__main__":
    unittest.main(verbosity=2)
