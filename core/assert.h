// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

/// Ends the process with a message when an invariant of our own code is broken. On in every build type; never for
/// checking input (throw qbench::Error) and never inside a timed region.
#define QBENCH_ASSERT(condition)                                                           \
  do {                                                                                     \
    if (!(condition)) {                                                                    \
      fmt::print(stderr, "{}:{}: broken invariant: {}\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                        \
    }                                                                                      \
  } while (false)
