#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does qbench find what a model wants to be fed with? Each float classifier given is written anew for the twelve usual
recipes (refed_model), each of these is made fp16 and int8, and every file is run alone, with no word about its recipe.
Right is the recipe that it was made for; a question is no mistake, nor is the other order of the colours where the
program says that it assumed it because the images answer alike. The exit code is 1 when another recipe was taken.

    scripts/check_recipes.py build/bench MODEL=RECIPE=IMAGES ...
"""

import argparse
import collections
import json
import pathlib
import subprocess
import sys
import tempfile


def quantized(options, folder, recipe, images):
    """The precisions of one refed model, made beside it and without metadata that would say the recipe."""
    model = folder / f"{recipe}.tflite"
    subprocess.run([options.bin / "qbench", "-q", "quantize", model, "--to", "fp16,int8", "--recipe", recipe,
                    "--calibrate", images, "-o", folder, "--force"], check=True, stdout=subprocess.DEVNULL)
    made = [folder / f"{recipe}_{precision}.tflite" for precision in ("fp16", "int8")]
    subprocess.run([options.refed, "--plain", *made], check=True)
    return {"fp32": model, "fp16": folder / f"{recipe}_fp16.tflite", "int8": folder / f"{recipe}_int8.tflite"}


def asked(options, model, images, results):
    """(found recipe or None, where it comes from, seconds of the trial, images right)."""
    run = subprocess.run([options.bin / "qbench", "-q", "run", "-m", model, "-d", images, "--no-latency", "--formats",
                          "json", "-o", results], capture_output=True, text=True)
    if run.returncode == 2 and "--recipe" in run.stderr:
        return None, "asked: " + run.stderr.strip().split(": ", 1)[1], 0.0, ""
    if run.returncode != 0:
        raise SystemExit(f"{model}: {run.stderr}")
    cell = json.loads((results / "report.json").read_text())["cells"][0]
    trial = cell["recipe_trial"] or {"seconds": 0.0}
    accuracy = cell["accuracy"]
    said = " ".join(line for line in cell["warnings"] if line.startswith("assumed: the colours"))
    source = f"{cell['recipe_source']} {said}".strip()
    return cell["recipe"], source, trial["seconds"], f"{accuracy['correct']}/{accuracy['images']}"


def same_values(recipe, wanted):
    near = all(abs(x - y) <= 1e-5 * max(1.0, abs(y)) for key in ("mean", "std") for x, y in zip(recipe[key], wanted[key]))
    return near and recipe["colour"] == wanted["colour"]


def judged(recipe, wanted, source):
    if recipe is None:
        return "asked"
    if same_values(recipe, wanted):
        return "right"
    mirrored = dict(wanted, mean=wanted["mean"][::-1], std=wanted["std"][::-1], colour=recipe["colour"])
    return "said" if "assumed: the colours" in source and same_values(recipe, mirrored) else "WRONG"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("models", nargs="+", help="MODEL=RECIPE=IMAGES: a float model, what it wants, labelled images")
    options = parser.parse_args()
    options.bin = options.build / "bin"
    options.refed = options.build / "tests/bench/refed_model"
    count = collections.Counter()
    slowest = 0.0
    with tempfile.TemporaryDirectory() as scratch:
        for number, text in enumerate(options.models):
            model, own, images = text.split("=")
            folder = pathlib.Path(scratch) / str(number)
            folder.mkdir()
            names = subprocess.run([options.refed, "--model", model, "--recipe", own, "--folder", folder], check=True,
                                   capture_output=True, text=True).stdout.split()
            for name in names:
                given = pathlib.Path(scratch) / f"given-{number}-{name}"
                subprocess.run([options.bin / "qbench", "-q", "run", "-m", folder / f"{name}.tflite", "-d", images,
                                "--no-latency", "--recipe", name, "--limit", "20", "--formats", "json", "-o", given],
                               check=True, stdout=subprocess.DEVNULL)
                wanted = json.loads((given / "report.json").read_text())["cells"][0]["recipe"]
                for precision, file in quantized(options, folder, name, images).items():
                    results = pathlib.Path(scratch) / f"run-{number}-{name}-{precision}"
                    recipe, source, seconds, right = asked(options, file, images, results)
                    verdict = judged(recipe, wanted, source)
                    count[verdict] += 1
                    slowest = max(slowest, seconds)
                    shown = recipe["name"] if recipe else ""
                    print(f"{pathlib.Path(model).stem:<32} {precision:<5} {name:<12} {verdict:<6} {shown:<12} "
                          f"{seconds:5.2f} s  {right:>10}  {source}", flush=True)
    print(f"{count['right']} right, {count['asked']} asked, {count['said']} said, {count['WRONG']} wrong; the longest trial {slowest:.2f} s")
    return 1 if count["WRONG"] else 0


if __name__ == "__main__":
    sys.exit(main())
