// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace qbench::app {

/// Ends a program that runs models in its own process when a runtime does not come back: with a line on standard error
/// and exit code 1. Looks once a second, in a signal handler (SIGALRM), so that no thread runs beside what is measured.
/// One at a time.
class Watchdog {
 public:
  Watchdog();
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// From now on beat() has to come every `seconds`; `what` names the work.
  static void expect(const std::string& what, double seconds) noexcept;
  /// Costs a nanosecond.
  static void beat() noexcept;
  /// Nothing is expected.
  static void rest() noexcept;
};

}  // namespace qbench::app
