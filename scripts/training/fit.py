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


def _epoch(network, images, settings, half, rng, optimizer, schedule, frozen):
    network.train()
    for module in frozen:
        module.eval()  # a frozen batch norm keeps its statistics
    total, order = 0.0, rng.permutation(len(images))
    steps = range(0, len(order) - 1, settings.batch)  # never a last batch of one image: batch norm needs two
    for start in steps:
        rows = order[start:start + settings.batch]
        if len(rows) < 2:
            continue
        pixels = images.pixels[rows]
        pixels = augmented(halved(pixels) if half else pixels, settings.augment, rng)
        loss = functional.cross_entropy(network(to_tensor(pixels)), torch.from_numpy(images.labels[rows]))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        schedule.step()
        total += loss.item()
    return total / len(steps)


def fit(network, train, held_out, settings, frozen=()):
    """Trains in place: AdamW under a one-cycle rate; prints a line an epoch. `frozen` modules keep their weights."""
    rng = np.random.default_rng(settings.seed)
    for parameter in network.parameters():
        parameter.requires_grad_(True)
    for module in frozen:
        module.requires_grad_(False)
    weights = [p for p in network.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=settings.rate, weight_decay=0.01)
    steps = settings.epochs * len(range(0, len(train) - 1, settings.batch))
    cycle = max(steps + 1, 10)  # torch divides by zero in a cycle of five steps
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, settings.rate, total_steps=cycle, pct_start=0.2)
    for epoch in range(settings.epochs):
        begin = time.monotonic()
        half = epoch < settings.half_epochs
        loss = _epoch(network, train, settings, half, rng, optimizer, schedule, frozen)
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
