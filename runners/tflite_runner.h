// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runners/runner.h"

namespace qbench::runners {

/// TensorFlow Lite through its C API, from a library opened at run time; the search order is that of
/// TfliteLibrary::open. Kernels: XNNPACK (float, float16 constants and signed int8) unless told otherwise; a model
/// that XNNPACK refuses runs on the built-in kernels and the refusal stays in the notes. A delegate library runs alone,
/// without XNNPACK. Limits: the graph's control over the batch is a resized input, so a graph with a constant batch
/// inside and a model compiled for an Edge TPU run at their own batch only.
[[nodiscard]] RunnerDescriptor tflite_descriptor();

}  // namespace qbench::runners
