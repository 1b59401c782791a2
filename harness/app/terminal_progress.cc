// SPDX-License-Identifier: Apache-2.0
#include "harness/app/terminal_progress.h"
#include "core/print.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>

#include "reports/text.h"

namespace qbench::app {
namespace {

constexpr auto kRedraw = std::chrono::milliseconds(100);
constexpr std::size_t kBarCells = 30;

}  // namespace

void TerminalProgress::begin(std::string_view phase, std::size_t total) {
  phase_ = phase;
  total_ = std::max<std::size_t>(total, 1);
  done_ = 0;
  drawn_ = {};
  if (is_terminal_) {
    draw();
  } else {
    print_text(stderr, "{} ...\n", phase_);
  }
}

void TerminalProgress::advance(std::size_t done) {
  done_ = std::min(done, total_);
  if (is_terminal_ && std::chrono::steady_clock::now() - drawn_ > kRedraw) draw();
}

void TerminalProgress::draw() {
  drawn_ = std::chrono::steady_clock::now();
  const std::size_t filled = kBarCells * done_ / total_;
  const std::string line = fmt::format("{:<32} [{}{}] {}/{}", phase_, std::string(filled, '#'),
                                       std::string(kBarCells - filled, '.'), done_, total_);
  print_text(stderr, "\r\033[K{}", reports::shortened(line, std::max(width_ - 1, 1)));
  std::fflush(stderr);
}

void TerminalProgress::clear_line() const {
  if (is_terminal_) print_text(stderr, "\r\033[K");
}

void TerminalProgress::end() { clear_line(); }

void TerminalProgress::note(std::string_view line) {
  clear_line();
  print_text(stderr, "{}\n", line);
}

}  // namespace qbench::app
