// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/interrupt.h"

#include <array>
#include <atomic>
#include <csignal>

namespace qbench::engine {
namespace {

// A signal handler can reach nothing but static storage.
std::atomic<int> signals_seen{0};
constexpr std::array kSignals{SIGINT, SIGTERM};

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
  for (int number : kSignals) sigaction(number, &action, nullptr);
}

InterruptGuard::~InterruptGuard() {
  for (int number : kSignals) std::signal(number, SIG_DFL);
}

bool interrupted() noexcept { return signals_seen.load() > 0; }

}  // namespace qbench::engine
