// SPDX-License-Identifier: Apache-2.0
#include "datasets/parallel.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <ctime>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include "core/usable_cpus.h"

namespace qbench::datasets {
namespace {

constexpr std::chrono::milliseconds kProgressInterval{100};

double thread_cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// What the threads of one call share.
struct SharedWork {
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> done{0};
  std::atomic<bool> failed{false};

  std::mutex mutex;  ///< guards what follows
  std::condition_variable ended;
  int running = 0;
  std::exception_ptr error;
  double cpu_seconds = 0.0;
};

void work(SharedWork& shared, std::size_t worker, std::size_t count, const ParallelOptions& options,
          const ParallelBody& body) {
  std::exception_ptr error;
  try {
    while (!shared.failed && !options.stop.stop_requested()) {
      const std::size_t begin = shared.next.fetch_add(options.chunk);
      if (begin >= count) break;
      const std::size_t end = std::min(begin + options.chunk, count);
      body(worker, begin, end);
      shared.done += end - begin;
    }
  } catch (...) {
    error = std::current_exception();
    shared.failed = true;
  }
  const std::lock_guard lock(shared.mutex);
  if (error && !shared.error) shared.error = error;
  shared.cpu_seconds += thread_cpu_seconds();
  --shared.running;
  shared.ended.notify_one();
}

void wait_for_end(SharedWork& shared, std::size_t count, const ParallelOptions& options) {
  std::unique_lock lock(shared.mutex);
  while (!shared.ended.wait_for(lock, kProgressInterval, [&] { return shared.running == 0; })) {
    if (!options.progress) continue;
    lock.unlock();
    options.progress(shared.done, count);
    lock.lock();
  }
}

}  // namespace

int effective_jobs(int jobs, std::size_t count) {
  const int wanted = jobs > 0 ? jobs : usable_cpus();
  return static_cast<int>(std::clamp<std::size_t>(count, 1, static_cast<std::size_t>(wanted)));
}

ParallelReport parallel_chunks(std::size_t count, const ParallelOptions& options, const ParallelBody& body) {
  const auto start = std::chrono::steady_clock::now();
  SharedWork shared;
  const int jobs = effective_jobs(options.jobs, count);
  shared.running = jobs;
  {
    std::vector<std::jthread> threads;
    threads.reserve(static_cast<std::size_t>(jobs));
    for (int i = 0; i < jobs; ++i) {
      threads.emplace_back([&, worker = static_cast<std::size_t>(i)] { work(shared, worker, count, options, body); });
    }
    wait_for_end(shared, count, options);
  }
  if (shared.error) std::rethrow_exception(shared.error);
  if (options.progress) options.progress(shared.done, count);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  return {
      .stopped = shared.done < count, .jobs = jobs, .wall_seconds = wall.count(), .cpu_seconds = shared.cpu_seconds};
}

}  // namespace qbench::datasets
