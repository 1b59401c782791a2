// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include "models/output_check.h"
#include "models/tflite_writer.h"

namespace qbench::models {

/// The graph can be written, read back and passes the checks of what qbench writes.
inline void expect_writable(const Graph& graph) {
  EXPECT_NO_THROW(check_output(graph, write_tflite(graph), "variant"));
}

}  // namespace qbench::models
