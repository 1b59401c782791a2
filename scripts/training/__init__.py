# SPDX-License-Identifier: Apache-2.0
"""Training of the embedded default classifier: data, network, TensorFlow Lite file, check through the real runtime."""
