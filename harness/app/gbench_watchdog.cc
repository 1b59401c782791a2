// SPDX-License-Identifier: Apache-2.0
#include "harness/app/gbench_watchdog.h"

#include <fmt/format.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <csignal>

namespace qbench::app {
namespace {

// A signal handler can reach nothing but static storage.
std::atomic<unsigned> beats{0};
std::atomic<int> allowed_seconds{0};  ///< 0: nothing is expected
std::array<char, 400> last_line{};
std::atomic<std::size_t> last_line_bytes{0};
unsigned seen_beats = 0;
int quiet_seconds = 0;

void look(int /*signal*/) {
  const unsigned now = beats.load(std::memory_order_relaxed);
  quiet_seconds = now == seen_beats ? quiet_seconds + 1 : 0;
  seen_beats = now;
  const int allowed = allowed_seconds.load();
  if (allowed == 0 || quiet_seconds <= allowed) return;
  [[maybe_unused]] const ssize_t ignored = ::write(STDERR_FILENO, last_line.data(), last_line_bytes.load());
  ::_exit(1);
}

void set_timer(int seconds) {
  itimerval timer{};
  timer.it_interval.tv_sec = seconds;
  timer.it_value.tv_sec = seconds;
  ::setitimer(ITIMER_REAL, &timer, nullptr);
}

}  // namespace

Watchdog::Watchdog() {
  struct sigaction action {};
  action.sa_handler = look;
  action.sa_flags = SA_RESTART;
  ::sigaction(SIGALRM, &action, nullptr);
  set_timer(1);
}

Watchdog::~Watchdog() {
  set_timer(0);
  std::signal(SIGALRM, SIG_DFL);
}

void Watchdog::expect(const std::string& what, double seconds) noexcept {
  rest();
  const auto line = fmt::format_to_n(last_line.data(), last_line.size() - 1,
                                     "qbench-gbench: {}: timeout: no answer within {:g} s", what, seconds);
  *line.out = '\n';
  last_line_bytes = static_cast<std::size_t>(line.out - last_line.data()) + 1;
  beat();
  allowed_seconds = std::max(static_cast<int>(std::ceil(seconds)), 1);
}

void Watchdog::beat() noexcept { beats.fetch_add(1, std::memory_order_relaxed); }

void Watchdog::rest() noexcept { allowed_seconds = 0; }

}  // namespace qbench::app
