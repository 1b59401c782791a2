// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sched.h>

#include <stdexcept>
#include <thread>

namespace qbench::testing {

/// Runs `work` on a thread that may use one CPU only, as under `taskset -c N`; what it starts inherits that.
template <typename Work>
void on_one_cpu(const Work& work) {
  std::exception_ptr problem;
  std::thread([&] {
    try {
      cpu_set_t one;
      CPU_ZERO(&one);
      CPU_SET(::sched_getcpu(), &one);
      if (::sched_setaffinity(0, sizeof one, &one) != 0) throw std::runtime_error("no CPU to stay on");
      work();
    } catch (...) {
      problem = std::current_exception();
    }
  }).join();
  if (problem) std::rethrow_exception(problem);
}

}  // namespace qbench::testing
