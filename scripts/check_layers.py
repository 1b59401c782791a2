#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails when a source file includes something that its layer must not know.

A folder is a layer and includes point downwards only: harness over models, runners, datasets and reports (which never
meet) over core. Third-party libraries are confined to the folder that owns them.

    scripts/check_layers.py [REPOSITORY]

Prints one line for each violation, "file:line: reason", and exits with 1 if there is any.
"""

import pathlib
import re
import sys

# Layer -> the layers that it may include besides itself. The longest matching folder decides.
LAYERS = {
    "core": set(),
    "models": {"core"},
    "runners": {"core"},
    "datasets": {"core"},
    "reports": {"core"},
    "harness": {"core", "models", "runners", "datasets", "reports"},
    "harness/app": {"core", "models", "runners", "datasets", "reports", "harness"},
    "tests": {"core", "models", "runners", "datasets", "reports", "harness", "harness/app"},
}

# What an include line starts with -> the places that may have it (a file matches when its path starts so).
CONFINED = {
    "opencv2/": ("datasets/", "runners/opencv"),
    "utf8proc": ("datasets/",),
    "libusb": ("runners/accelerators/",),
    "sqlite3.h": ("reports/history/",),
    "SQLiteCpp/": ("reports/history/",),
    "flatbuffers/": ("models/",),
    "google/protobuf/": ("models/",),
    "tensorflow/": ("runners/",),
    "boost/math/": ("core/metrics/",),
    "CLI/": ("harness/app/",),
}

# Headers that open a folder: plain C++ and words of core, so that they can be read and mocked without any library.
INTERFACES = {"runners/runner.h", "datasets/dataset.h", "reports/report_writer.h"}

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:<(?P<system>[^>]+)>|"(?P<own>[^"]+)")')
# Headers made by the build: what their names look like -> the folder that may include them.
GENERATED = {
    re.compile(r"^\w+_generated\.h$"): "models/",
    re.compile(r"^\w+\.pb\.h$"): "models/",
    re.compile(r"^version\.h$"): "harness/app/",
}


def layer_of(path):
    """The layer of a repository-relative path, or None."""
    matches = [layer for layer in LAYERS if path.startswith(layer + "/")]
    return max(matches, key=len, default=None)


def check_own(path, layer, target):
    """Why `path` must not include the project's file `target`, or None."""
    for pattern, owner in GENERATED.items():
        if pattern.match(target):
            return None if layer == "tests" or path.startswith(owner) else f"the generated {target} belongs to {owner}"
    target_layer = layer_of(target)
    if target_layer is None:
        return f'"{target}" is not a path from the repository root'
    if target_layer != layer and target_layer not in LAYERS[layer]:
        return f"{layer}/ must not include {target_layer}/ ({target})"
    return None


def check_system(path, layer, target):
    """Why `path` must not include the library header `target`, or None."""
    if path in INTERFACES and ("/" in target or target.endswith((".h", ".hpp"))):
        return f"an interface header must not show <{target}>"
    if layer == "tests":
        return None
    for prefix, places in CONFINED.items():
        if target.startswith(prefix) and not path.startswith(places):
            return f"<{target}> belongs to {' and '.join(places)}"
    return None


def check_file(path, text):
    """Yields (line number, reason) for each forbidden include of one file."""
    layer = layer_of(path)
    for number, line in enumerate(text.splitlines(), start=1):
        match = INCLUDE.match(line)
        if not match:
            continue
        own = match.group("own")
        reason = check_own(path, layer, own) if own else check_system(path, layer, match.group("system"))
        if reason:
            yield number, reason


def check_tree(root):
    """All violations below `root` as lines of text."""
    violations = []
    for folder in sorted({layer.split("/")[0] for layer in LAYERS}):
        for file in sorted((root / folder).rglob("*")):
            if file.suffix not in (".h", ".cc"):
                continue
            path = file.relative_to(root).as_posix()
            text = file.read_text(encoding="utf-8", errors="replace")
            violations += [f"{path}:{number}: {reason}" for number, reason in check_file(path, text)]
    return violations


def main():
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent
    violations = check_tree(root)
    for violation in violations:
        print(violation)
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main())
