# SPDX-License-Identifier: Apache-2.0
"""Labelled images in memory: a folder of class sub-folders, or the synthetic set made by qbench."""

import os
import subprocess
import tempfile
from dataclasses import dataclass

import numpy as np

from .problem import Problem, need

Image = need("PIL.Image")

_EXTENSIONS = (".jpg", ".jpeg", ".png", ".bmp", ".webp")


@dataclass
class Images:
    """pixels: uint8 [count, size, size, 3] RGB; labels: int64 [count], positions in classes."""

    pixels: np.ndarray
    labels: np.ndarray
    classes: list

    def __len__(self):
        return len(self.labels)

    def subset(self, rows):
        """The images of the given rows, in that order."""
        return Images(self.pixels[rows], self.labels[rows], self.classes)


def _listing(folder):
    try:
        return sorted(entry.name for entry in os.scandir(folder) if not entry.name.startswith("."))
    except OSError as error:
        raise Problem(f"cannot read the folder {folder}: {error.strerror}") from error


def _read_image(path, size):
    try:
        with Image.open(path) as image:
            image = image.convert("RGB")
            if image.size != (size, size):
                image = image.resize((size, size), Image.BILINEAR)
            return np.asarray(image)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        print(f"skipped {path}: {error}", flush=True)
        return None


def load_folder(folder, size):
    """Every image of every class sub-folder, stretched to size x size; class = position in the sorted names."""
    classes = [name for name in _listing(folder) if os.path.isdir(os.path.join(folder, name))]
    if len(classes) < 2:
        raise Problem(f"{folder} has {len(classes)} class sub-folders: a classifier needs two or more")
    pixels, labels = [], []
    for label, name in enumerate(classes):
        before = len(labels)
        for file in _listing(os.path.join(folder, name)):
            if file.lower().endswith(_EXTENSIONS):
                image = _read_image(os.path.join(folder, name, file), size)
                if image is not None:
                    pixels.append(image)
                    labels.append(label)
        if len(labels) == before:
            raise Problem(f"{os.path.join(folder, name)} holds no readable image ({', '.join(_EXTENSIONS)})")
    return Images(np.stack(pixels), np.array(labels, dtype=np.int64), classes)


def load_synthetic(qbench, count, seed, size):
    """Images 0 .. count-1 of the synthetic set of `seed`, rendered into a temporary folder by the qbench program."""
    with tempfile.TemporaryDirectory(prefix="qbench-train-") as folder:
        command = [qbench, "dataset", "synth", folder, "--count", str(count), "--seed", str(seed), "--size", str(size)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        except OSError as error:
            raise Problem(f"cannot run {qbench} ({error.strerror}): build qbench first, or give --qbench or --data") \
                from error
        if done.returncode != 0:
            raise Problem(f"'{' '.join(command)}' failed: {done.stderr.strip() or done.returncode}")
        return load_folder(folder, size)


def split(images, fraction, rng):
    """(the rest, a random `fraction` of every class, one image at least)."""
    held = []
    for label in range(len(images.classes)):
        rows = np.flatnonzero(images.labels == label)
        if len(rows) < 2:
            raise Problem(f"class {images.classes[label]} has one image: two or more are needed to hold some out")
        held.extend(rng.permutation(rows)[:max(1, round(fraction * len(rows)))])
    mask = np.zeros(len(images), dtype=bool)
    mask[held] = True
    return images.subset(np.flatnonzero(~mask)), images.subset(np.flatnonzero(mask))


def halved(pixels):
    """The images at half their size: the mean of every 2 x 2 pixels; an odd last row or column is left out."""
    rows, columns = pixels.shape[1] // 2 * 2, pixels.shape[2] // 2 * 2
    wide = pixels[:, :rows, :columns].astype(np.uint16)
    total = wide[:, ::2, ::2] + wide[:, 1::2, ::2] + wide[:, ::2, 1::2] + wide[:, 1::2, 1::2]
    return ((total + 2) // 4).astype(np.uint8)


def normalized(pixels):
    """uint8 pixels as the network's float32 values, -1 .. 1."""
    return (pixels.astype(np.float32) - np.float32(127.5)) / np.float32(127.5)


def augmented(pixels, mode, rng):
    """A copy with each image turned at random. mode: none, flip (left-right) or turn (any of the 8 flips and quarter
    turns: for classes that do not depend on direction)."""
    if mode == "none":
        return pixels
    result = pixels.copy()
    for i, choice in enumerate(rng.integers(0, 8, size=len(pixels))):
        image = pixels[i]
        if choice & 1:
            image = image[:, ::-1]
        if mode == "turn" and choice & 2:
            image = image[::-1]
        if mode == "turn" and choice & 4:
            image = image.transpose(1, 0, 2)
        result[i] = image
    return result
