// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/worker_sandbox.h"

#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/sandbox/landlock.h"
#include "harness/engine/worker_process.h"
#include "tests/support/paths.h"

namespace qbench::engine {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class DelegateDevicesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(root() / "dev" / "bus" / "usb");
    std::filesystem::create_directories(root() / "dev" / "dri");
    for (const char* node : {"apex_0", "kgsl-3d0", "sda", "null"}) std::ofstream(root() / "dev" / node) << "";
  }
  [[nodiscard]] std::filesystem::path root() const { return folder_.path(); }
  qbench::testing::TemporaryFolder folder_;
};

TEST_F(DelegateDevicesTest, AreThoseThatTheDelegateIsKnownToNeed) {
  EXPECT_THAT(delegate_devices("/usr/lib/libedgetpu.so.1", root()),
              ElementsAre(root() / "dev/bus/usb", root() / "dev/apex_0"));
  EXPECT_THAT(delegate_devices("libtensorflowlite_gpu_delegate.so", root()),
              ElementsAre(root() / "dev/dri", root() / "dev/kgsl-3d0"));
}

TEST_F(DelegateDevicesTest, AreNoneForAnUnknownDelegateOrWithoutOne) {
  EXPECT_THAT(delegate_devices("libvendor.so", root()), IsEmpty());
  EXPECT_THAT(delegate_devices("", root()), IsEmpty());
}

TEST(IsolationWarningTest, NamesWhatIsMissing) {
  EXPECT_THAT(isolation_warning(std::vector<std::string>{"no_new_privs", "landlock abi 7", "seccomp"}), IsEmpty());
  EXPECT_THAT(isolation_warning(std::vector<std::string>{"no_new_privs", "seccomp"}), HasSubstr("without landlock"));
  EXPECT_THAT(isolation_warning(std::vector<std::string>{"no_new_privs"}), HasSubstr("without landlock and seccomp"));
}

TEST(IsolationWarningTest, TurnedOffIsNoWarning) {
  EXPECT_THAT(isolation_warning(std::vector<std::string>{"off"}), IsEmpty());
}

/// A worker over the stand-in runtime that reaches for what is not its own, as soon as it is opened.
class HostileLibraryTest : public ::testing::Test {
 protected:
  void SetUp() override {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "builds with AddressSanitizer have no filter";
#endif
    if (sandbox::landlock_abi(sandbox::kernel_calls()) == 0) GTEST_SKIP() << "this kernel has no Landlock";
    std::ofstream(victim_.path() / "secret.txt") << "secret";
    std::ofstream(victim_.path() / "model") << "any";
    ::setenv("QBENCH_TEST_VICTIM", victim_.path().c_str(), 1);
    ::setenv("QBENCHLESS_TEST_KEY", "secret", 1);
    worker_ = std::make_unique<WorkerProcess>(WorkerLaunch{.executable = QBENCH_TEST_WORKER});
  }
  void TearDown() override {
    ::unsetenv("QBENCH_TEST_VICTIM");
    ::unsetenv("QBENCHLESS_TEST_KEY");
  }
  [[nodiscard]] nlohmann::json load_request() const {
    return {{"op", "load"},
            {"model", (victim_.path() / "model").string()},
            {"runner", "tflite"},
            {"library", qbench::testing::stand_in("fake_tflite_hostile").string()},
            {"batch", 1}};
  }
  qbench::testing::TemporaryFolder victim_;
  std::unique_ptr<WorkerProcess> worker_;
};

TEST_F(HostileLibraryTest, EveryAttemptFailsAndIsNamed) {
  LoadReply loaded;
  const Outcome outcome =
      worker_->request(load_request(), std::chrono::seconds(20), "load",
                       [&loaded](const Answer& answer) { loaded = read_load_reply(answer, false); });
  ASSERT_TRUE(outcome.ok()) << outcome.reason << nlohmann::json(outcome.stderr_tail);
  EXPECT_FALSE(std::filesystem::exists(victim_.path() / "written.txt"));
  EXPECT_FALSE(std::filesystem::exists(victim_.path() / "started.txt"));
  for (const char* attempt :
       {"open a socket", "start a program", "start a process", "look into another process", "signal another process"}) {
    EXPECT_THAT(worker_->refused(), Contains(attempt));
  }
  EXPECT_THAT(worker_->refused(), Contains("write '" + (victim_.path() / "written.txt").string() + "'"));
  EXPECT_THAT(worker_->refused(), Contains("read '" + (victim_.path() / "secret.txt").string() + "'"));
  EXPECT_THAT(worker_->refused(), Contains(StartsWith("read '/proc/")));
  EXPECT_THAT(loaded.runner.isolation, Contains("seccomp"));
  EXPECT_THAT(loaded.runner.isolation, Contains(StartsWith("landlock abi ")));
}

TEST_F(HostileLibraryTest, SucceedsWithoutTheSandboxButKnowsNoSecret) {
  nlohmann::json request = load_request();
  request["sandbox"] = false;
  const Outcome outcome = worker_->request(request, std::chrono::seconds(20), "load", [](const Answer&) {});
  EXPECT_EQ(outcome.status, Status::kCrashed);
  const std::string tail = nlohmann::json(outcome.stderr_tail).dump();
  EXPECT_THAT(tail, HasSubstr("managed to write a file"));
  EXPECT_THAT(tail, HasSubstr("managed to start a program"));
  EXPECT_EQ(tail.find("know a secret"), std::string::npos) << tail;
}

TEST(WorkerSandboxTest, SettingsReachTheRequest) {
  RunSettings settings;
  settings.worker_read = "/a:/b";
  settings.worker_devices = "/dev/npu0";
  nlohmann::json request;
  add_sandbox(request, settings);
  EXPECT_EQ(request, (nlohmann::json{{"sandbox", true}, {"readable", {"/a", "/b"}}, {"devices", {"/dev/npu0"}}}));
}

TEST(WorkerSandboxTest, AnythingButAutoAndOffIsRefused) {
  RunSettings settings;
  settings.sandbox = "maybe";
  EXPECT_THROW(check_settings(settings), Error);
}

}  // namespace
}  // namespace qbench::engine
