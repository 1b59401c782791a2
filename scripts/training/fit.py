# SPDX-License-Identifier: Apache-2.0
"""The training loop, transfer from a checkpoint, and scoring."""

import time
from dataclasses import dataclass, replace

import numpy as np

from .data import augmented, halved, normalized
from .model import Network, torch
from .problem import Problem

functional = torch.nn.functional


@dataclass
class Settings:
    """How to train."""

    epochs: int
    half_epochs: int  # the first ones, on images of half the size: a fifth of the time each
    batch: int
    rate: float
    augment: str
    seed: int


def prepare(seed, threads):
    """Makes what follows repeatable: same seed, thread count and library build, same weights."""
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(threads)


def to_tensor(pixels):
    """uint8 NHWC pixels as the network's input, kept NHWC in memory (twice as fast on a CPU)."""
    return torch.from_numpy(normalized(pixels)).permute(0, 3, 1, 2)


def predict(network, images, half=False):
    """Logits [count, classes], of the images or of the images at half their size."""
    network.eval()
    parts = []
    with torch.no_grad():
        for start in range(0, len(images), 250):
            pixels = images.pixels[start:start + 250]
            parts.append(network(to_tensor(halved(pixels) if half else pixels)).numpy())
    return np.concatenate(parts)


def top1(scores, labels):
    """The fraction of rows whose largest score is the label's."""
    return float(np.mean(np.argmax(scores, axis=1) == labels))


class _Run:
    """One fit: AdamW under a one-cycle rate."""

    def __init__(self, network, train, settings, frozen):
        self._network, self._train, self._settings, self._frozen = network, train, settings, frozen
        self._rng = np.random.default_rng(settings.seed)
        # Never a last batch of one image: batch norm needs two.
        self._starts = range(0, len(train) - 1, settings.batch)
        weights = [p for p in network.parameters() if p.requires_grad]
        self._optimizer = torch.optim.AdamW(weights, lr=settings.rate, weight_decay=0.01)
        cycle = max(settings.epochs * len(self._starts) + 1, 10)  # torch divides by zero in a cycle of five steps
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(self._optimizer, settings.rate, total_steps=cycle,
                                                             pct_start=0.2)

    def epoch(self, half):
        """Shows every image once; the mean loss."""
        self._network.train()
        for module in self._frozen:
            module.eval()  # a frozen batch norm keeps its statistics
        order = self._rng.permutation(len(self._train))
        return float(np.mean([self._step(order[start:start + self._settings.batch], half) for start in self._starts]))

    def _step(self, rows, half):
        pixels = self._train.pixels[rows]
        pixels = augmented(halved(pixels) if half else pixels, self._settings.augment, self._rng)
        labels = torch.from_numpy(self._train.labels[rows])
        loss = functional.cross_entropy(self._network(to_tensor(pixels)), labels)
        self._optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self._optimizer.step()
        self._schedule.step()
        return loss.item()


def fit(network, train, held_out, settings, frozen=()):
    """Trains in place and prints a line an epoch. `frozen` modules keep their weights and statistics."""
    network.requires_grad_(True)
    for module in frozen:
        module.requires_grad_(False)
    run = _Run(network, train, settings, frozen)
    for epoch in range(settings.epochs):
        begin = time.monotonic()
        half = epoch < settings.half_epochs
        loss = run.epoch(half)
        score = top1(predict(network, held_out, half), held_out.labels)
        print(f"epoch {epoch + 1}/{settings.epochs}  loss {loss:.4f}  held-out top-1 {100 * score:.2f} %  "
              f"{time.monotonic() - begin:.0f} s", flush=True)


def save_checkpoint(network, classes, path):
    """What load_body needs, beside the model file."""
    torch.save({"classes": classes, "weights": network.state_dict()}, path)


def load_body(network, classes, path):
    """Takes the weights of a checkpoint; the classifying layer too when the classes are the same."""
    try:
        checkpoint = torch.load(path, map_location="cpu", weights_only=True)
        weights = dict(checkpoint["weights"])
        if checkpoint["classes"] != classes:
            weights = {name: value for name, value in weights.items() if not name.startswith("dense.")}
        left_out = network.load_state_dict(weights, strict=False)
    except Exception as error:  # torch raises many kinds for a file that is not its own
        reason = str(error).strip().split("\n", maxsplit=1)[0]
        raise Problem(f"cannot start from the checkpoint {path}: {reason}") from error
    if left_out.unexpected_keys or any(not name.startswith("dense.") for name in left_out.missing_keys):
        raise Problem(f"the checkpoint {path} is of another network")


def transfer(network, train, held_out, settings):
    """Transfer learning: a third of the epochs for the classifying layer alone, the rest for all at a tenth of the
    rate."""
    head = max(1, settings.epochs // 3)
    first = replace(settings, epochs=head, half_epochs=0)
    fit(network, train, held_out, first, frozen=network.body())
    if settings.epochs > head:
        fit(network, train, held_out,
            replace(first, epochs=settings.epochs - head, rate=settings.rate / 10, seed=settings.seed + 1))


def new_network(classes):
    """A network with fresh random weights."""
    return Network(classes).to(memory_format=torch.channels_last)
