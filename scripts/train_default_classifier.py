#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Trains a small image classifier and writes it as a float32 .tflite file.

Without --data it trains the embedded default on the synthetic set, which the qbench program draws. With --data it
trains on any folder with one sub-folder of images per class; --init starts from an earlier checkpoint (transfer
learning: first the classifying layer alone, then everything). Debian packages: python3-torch libopenblas0-pthread
python3-numpy python3-pil python3-flatbuffers.
"""

import argparse
import hashlib
import json
import os
import sys
import tempfile

sys.dont_write_bytecode = True

from training.problem import Problem, need  # noqa: E402

TRAIN_SEED, TEST_SEED = 1, 3  # of the synthetic set; 2 is for calibration
TEST_COUNT = 2000
LIMIT_BYTES = 2 << 20


def parse_arguments():
    """The command line."""
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="example: scripts/train_default_classifier.py --data photos --init default_fp32.pt --out photos.tflite")
    parser.add_argument("--out", default="default_fp32.tflite", help="file to write; FILE.json (card) and FILE.pt "
                        "(checkpoint) go beside it (default: %(default)s)")
    parser.add_argument("--data", metavar="DIR", help="train on this folder of class sub-folders")
    parser.add_argument("--val", metavar="DIR", help="test on this folder (default: 15 %% of --data, held out)")
    parser.add_argument("--init", metavar="FILE", help="start from this checkpoint")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--half-epochs", type=int, metavar="N", help="the first of them run on images of half the "
                        "size, which is five times faster (default: half of the epochs; none with --init)")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=3e-3, help="highest learning rate (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the weights, the order and the augmentation")
    parser.add_argument("--size", type=int, default=96, help="side of the input image (default: %(default)s)")
    parser.add_argument("--count", type=int, default=24000, help="synthetic training images (default: %(default)s)")
    parser.add_argument("--augment", choices=("none", "flip", "turn"),
                        help="random left-right flips, or any flip and quarter turn (default: turn for the synthetic "
                        "set, flip for --data)")
    parser.add_argument("--qbench", default=os.path.join(root, "build", "release", "bin", "qbench"),
                        help="program that draws the synthetic set (default: %(default)s)")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    arguments = parser.parse_args()
    for name in ("epochs", "threads", "count"):
        if getattr(arguments, name) < 1:
            parser.error(f"--{name} must be at least 1")
    if arguments.batch < 2 or arguments.size < 32 or arguments.rate <= 0:
        parser.error("--batch must be at least 2, --size at least 32, --rate above 0")
    if arguments.half_epochs is None:
        arguments.half_epochs = arguments.epochs // 2 if arguments.size >= 64 and not arguments.init else 0
    if not 0 <= arguments.half_epochs <= arguments.epochs:
        parser.error("--half-epochs must lie between 0 and --epochs")
    if arguments.val and not arguments.data:
        parser.error("--val needs --data")
    return arguments


def load_images(arguments, rng):
    """(training images, held-out images for the curve, test images, what the test images are)."""
    from training import data
    if not arguments.data:
        images = data.load_synthetic(arguments.qbench, arguments.count, TRAIN_SEED, arguments.size)
        train, held_out = data.split(images, 0.04, rng)
        test = data.load_synthetic(arguments.qbench, TEST_COUNT, TEST_SEED, arguments.size)
        return train, held_out, test, f"synthetic set, seed {TEST_SEED}"
    images = data.load_folder(arguments.data, arguments.size)
    if not arguments.val:
        train, test = data.split(images, 0.15, rng)
        return train, test, test, "15 % of the folder, held out"
    test = data.load_folder(arguments.val, arguments.size)
    if test.classes != images.classes:
        raise Problem(f"{arguments.val} has other classes than {arguments.data}")
    return images, test, test, "validation folder"


def check_through_runtime(model, test, expected):
    """Top-1 of the written file for each kind of kernels and batch; None without the library."""
    from training import data, fit, tflite_runtime
    path = tflite_runtime.find_library()
    if path is None:
        print(f"not checked through TensorFlow Lite: set {tflite_runtime.LIBRARY_VARIABLE} to libtensorflowlite_c.so")
        return None
    library, values, scores = tflite_runtime.open_library(path), data.normalized(test.pixels), {}
    for kernels in ("builtin", "xnnpack"):
        for batch in (1, 64):
            outputs = tflite_runtime.Interpreter(library, model, batch, kernels).run_all(values)
            same = int((outputs.argmax(1) == expected.argmax(1)).sum())
            scores[f"{kernels}, batch {batch}"] = score = fit.top1(outputs, test.labels)
            print(f"{kernels:8} batch {batch:2}: top-1 {100 * score:.2f} %, "
                  f"{same} of {len(test)} answers as in torch")
    return scores


def write_file(path, content):
    """Writes beside and renames: never half a file."""
    try:
        handle, temporary = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath(path)))
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError as error:
        raise Problem(f"cannot write {path}: {error.strerror}") from error


def card(arguments, graph, model, tested_on, scores):
    """What the file is, how to make it again, and what was measured."""
    names = ["epochs", "half_epochs", "batch", "rate", "augment", "seed", "size", "threads"]
    names += [] if arguments.data else ["count"]
    options = [f"--{name.replace('_', '-')} {getattr(arguments, name)}" for name in names]
    for name in ("data", "val", "init"):
        if getattr(arguments, name):
            options.append(f"--{name} {os.path.basename(os.path.normpath(getattr(arguments, name)))}")
    return {
        "file": os.path.basename(arguments.out), "sha256": hashlib.sha256(model).hexdigest(), "bytes": len(model),
        "precision": "fp32", "input": [1, graph.height, graph.width, graph.channels], "recipe": "tf",
        "classes": graph.classes, "parameters": graph.parameters(), "macs": graph.macs(),
        "command": " ".join(["scripts/train_default_classifier.py"] + options),
        "trained_on": "folder" if arguments.data else f"synthetic set, seed {TRAIN_SEED}, {arguments.count} images",
        "tested_on": tested_on, "top1": scores}


def main():
    """Train, fold, write, check."""
    arguments = parse_arguments()
    numpy = need("numpy")
    from training import fit, tflite_writer
    arguments.augment = arguments.augment or ("flip" if arguments.data else "turn")
    fit.prepare(arguments.seed, arguments.threads)
    train, held_out, test, test_name = load_images(arguments, numpy.random.default_rng(arguments.seed))
    print(f"{len(train)} training images of {len(train.classes)} classes, {len(test)} test images ({test_name})")
    network = fit.new_network(len(train.classes))
    settings = fit.Settings(arguments.epochs, arguments.half_epochs, arguments.batch, arguments.rate,
                            arguments.augment, arguments.seed)
    if arguments.init:
        fit.load_body(network, train.classes, arguments.init)
        fit.transfer(network, train, held_out, settings)
    else:
        fit.fit(network, train, held_out, settings)
    logits = fit.predict(network, test)
    graph = network.graph(train.classes, arguments.size)
    model = tflite_writer.tflite_bytes(graph, f"MobileNetV2-style classifier of {len(train.classes)} classes")
    stem = os.path.splitext(arguments.out)[0]
    fit.save_checkpoint(network, train.classes, f"{stem}.pt")
    write_file(arguments.out, model)
    scores = {"torch": fit.top1(logits, test.labels)}
    print(f"{arguments.out}: {len(model)} bytes, {graph.parameters()} parameters, {graph.macs()} MACs; "
          f"torch top-1 {100 * scores['torch']:.2f} % on {len(test)} images")
    scores.update(check_through_runtime(model, test, logits) or {})
    text = json.dumps(card(arguments, graph, model, f"{test_name}, {len(test)} images", scores), indent=2)
    write_file(f"{stem}.json", (text + "\n").encode())
    if len(model) > LIMIT_BYTES:
        raise Problem(f"{arguments.out} is larger than 2 MB")


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(f"train_default_classifier: {problem}")
    except KeyboardInterrupt:
        sys.exit("train_default_classifier: interrupted")
