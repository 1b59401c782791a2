// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/worker_environment.h"

#include <gmock/gmock.h>

namespace qbench::engine {
namespace {

using ::testing::Contains;
using ::testing::UnorderedElementsAre;

TEST(WorkerEnvironmentTest, HoldsNoHomeNoPathAndNoKeys) {
  const char* const parent[] = {"HOME=/home/me", "PATH=/bin", "AWS_SECRET_ACCESS_KEY=x", "SSH_AUTH_SOCK=/run/x",
                                nullptr};
  EXPECT_THAT(worker_environment(parent, ""),
              UnorderedElementsAre("ORT_DISABLE_TELEMETRY=1", "ORT_TELEMETRY_DISABLED=1", "OPENSSL_CONF=/dev/null"));
}

TEST(WorkerEnvironmentTest, KeepsWhatLibrariesAndThreadsAreStartedWith) {
  const char* const parent[] = {"LD_LIBRARY_PATH=/opt/lib", "OMP_NUM_THREADS=2", "QBENCH_TFLITE_LIB=/x.so",
                                "TSAN_OPTIONS=halt_on_error=1", nullptr};
  const std::vector<std::string> environment = worker_environment(parent, "");
  for (const char* const* kept = parent; *kept != nullptr; ++kept) EXPECT_THAT(environment, Contains(*kept));
}

TEST(WorkerEnvironmentTest, KeepsWhatIsDeclaredByItsWholeName) {
  const char* const parent[] = {"VENDOR_KEY=1", "VENDOR_KEY_2=2", "VENDOR=3", nullptr};
  EXPECT_THAT(worker_environment(parent, "VENDOR_KEY, OTHER"),
              UnorderedElementsAre("ORT_DISABLE_TELEMETRY=1", "ORT_TELEMETRY_DISABLED=1", "OPENSSL_CONF=/dev/null",
                                   "VENDOR_KEY=1"));
}

}  // namespace
}  // namespace qbench::engine
