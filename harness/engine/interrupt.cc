// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/interrupt.h"

#include <array>
#include <atomic>
#include <cstddef>

namespace qbench::engine {
namespace {

// A signal handler can reach nothing but static storage.
std::atomic<int> signals_seen{0};
constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};

void on_signal(int number) {
  if (signals_seen.fetch_add(1) == 0) return;
  std::signal(number, SIG_DFL);
  std::raise(number);
}

}  // namespace

InterruptGuard::InterruptGuard() {
  signals_seen = 0;
  struct sigaction action {};
  action.sa_handler = on_signal;  // no SA_RESTART: poll() must return
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i], &action, &before_[i]);
    if (kSignals[i] == SIGHUP && before_[i].sa_handler == SIG_IGN) sigaction(SIGHUP, &before_[i], nullptr);
  }
}

InterruptGuard::~InterruptGuard() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &before_[i], nullptr);
}

void guard_until_exit() { [[maybe_unused]] static const InterruptGuard& guard = *new InterruptGuard; }

bool interrupted() noexcept { return signals_seen.load() > 0; }

}  // namespace qbench::engine
