// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "harness/engine/progress.h"

namespace qbench::app {

/// Progress on standard error: a bar that redraws itself on a terminal, one line a phase elsewhere.
class TerminalProgress : public engine::Progress {
 public:
  /// `width` is that of the terminal in columns.
  TerminalProgress(bool is_terminal, int width) : is_terminal_(is_terminal), width_(width) {}

  void begin(std::string_view phase, std::size_t total) override;
  void advance(std::size_t done) override;
  void end() override;
  void note(std::string_view line) override;

 private:
  void draw();
  void clear_line() const;

  bool is_terminal_;
  int width_;
  std::string phase_;
  std::size_t total_ = 0;
  std::size_t done_ = 0;
  std::chrono::steady_clock::time_point drawn_;
};

}  // namespace qbench::app
