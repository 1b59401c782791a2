// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace qbench::engine {

/// Where a run tells how far it is. Called from the thread that runs the plan; never while a clock runs.
class Progress {
 public:
  Progress() = default;
  virtual ~Progress() = default;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// A new phase of `total` steps begins ("latency, batch 1", 80).
  virtual void begin(std::string_view phase, std::size_t total) = 0;
  virtual void advance(std::size_t done) = 0;
  virtual void end() = 0;
  /// One line worth keeping: a cell failed, an image was skipped.
  virtual void note(std::string_view line) = 0;
};

/// Says nothing.
class SilentProgress : public Progress {
 public:
  void begin(std::string_view, std::size_t) override {}
  void advance(std::size_t) override {}
  void end() override {}
  void note(std::string_view) override {}
};

}  // namespace qbench::engine
