// SPDX-License-Identifier: Apache-2.0
#include "datasets/parallel.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

#include "tests/support/one_cpu.h"

namespace qbench::datasets {
namespace {

TEST(ParallelTest, EveryItemIsDoneOnce) {
  std::vector<std::atomic<int>> times(1000);
  ParallelOptions options;
  options.jobs = 4;
  options.chunk = 7;
  const ParallelReport report =
      parallel_chunks(times.size(), options, [&](std::size_t worker, std::size_t begin, std::size_t end) {
        EXPECT_LT(worker, 4U);
        EXPECT_LE(end - begin, 7U);
        for (std::size_t i = begin; i < end; ++i) ++times[i];
      });
  for (const std::atomic<int>& time : times) EXPECT_EQ(time, 1);
  EXPECT_FALSE(report.stopped);
  EXPECT_EQ(report.jobs, 4);
}

TEST(ParallelTest, NoMoreThreadsThanItems) {
  EXPECT_EQ(effective_jobs(8, 3), 3);
  EXPECT_EQ(effective_jobs(2, 3), 2);
  EXPECT_GE(effective_jobs(0, 1000), 1);
}

TEST(ParallelTest, NoMoreThreadsThanTheMaskAllows) {
  testing::on_one_cpu([] { EXPECT_EQ(effective_jobs(0, 1000), 1); });
}

TEST(ParallelTest, NothingToDoEnds) {
  const ParallelReport report =
      parallel_chunks(0, {}, [](std::size_t, std::size_t, std::size_t) { FAIL() << "called"; });
  EXPECT_FALSE(report.stopped);
}

TEST(ParallelTest, FirstExceptionStopsTheOthersAndIsThrown) {
  std::atomic<int> done{0};
  ParallelOptions options;
  options.jobs = 2;
  EXPECT_THROW(parallel_chunks(1'000'000, options,
                               [&](std::size_t, std::size_t begin, std::size_t) {
                                 if (begin == 10) throw std::runtime_error("no");
                                 ++done;
                               }),
               std::runtime_error);
  EXPECT_LT(done, 1'000'000);
}

TEST(ParallelTest, StopEndsEarly) {
  std::stop_source stop;
  ParallelOptions options;
  options.jobs = 1;
  options.stop = stop.get_token();
  std::size_t done = 0;
  const ParallelReport report = parallel_chunks(100, options, [&](std::size_t, std::size_t, std::size_t) {
    if (++done == 10) stop.request_stop();
  });
  EXPECT_TRUE(report.stopped);
  EXPECT_EQ(done, 10U);
}

TEST(ParallelTest, StopAfterTheLastItemIsNoEarlyEnd) {
  std::stop_source stop;
  ParallelOptions options;
  options.jobs = 1;
  options.stop = stop.get_token();
  const ParallelReport report =
      parallel_chunks(1, options, [&](std::size_t, std::size_t, std::size_t) { stop.request_stop(); });
  EXPECT_FALSE(report.stopped);
}

}  // namespace
}  // namespace qbench::datasets
