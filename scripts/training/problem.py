# SPDX-License-Identifier: Apache-2.0
"""Errors that a person can act on."""

import importlib


class Problem(Exception):
    """Cannot go on: one line that says what, which file, what to do."""


_PACKAGE = {"torch": "python3-torch libopenblas0-pthread", "numpy": "python3-numpy", "PIL.Image": "python3-pil",
            "flatbuffers": "python3-flatbuffers"}


def need(module):
    """The imported module, or a Problem that names the Debian package to install."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise Problem(f"Python cannot import {module} ({error}): "
                      f"sudo apt-get install {_PACKAGE[module]}, and run with /usr/bin/python3") from error
