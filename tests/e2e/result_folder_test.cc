// SPDX-License-Identifier: Apache-2.0
// A result folder that two processes want, or that comes from somebody else.
#include <gtest/gtest.h>

#include <csignal>
#include <thread>

#include "tests/e2e/command_line.h"
#include "tests/e2e/tiny_set.h"

namespace qbench::testing {
namespace {

namespace fs = std::filesystem;

class ResultFolderTest : public ::testing::Test {
 protected:
  /// A run that goes on until it is killed, once it has its plan in the folder.
  [[nodiscard]] int start_endless() const {
    const int pid = start_qbench(
        set_.run({"fp32"}, {"--rounds", "100000", "--max-seconds", "600", "--no-early-stop", "--restart-rounds", "0"}));
    for (int tries = 0; tries < 400 && !fs::exists(set_.results() / "plan.json"); ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(25));
    }
    return pid;
  }

  /// A downloaded folder whose plan has this variant beside the model.
  void download(const nlohmann::json& more) const {
    fs::create_directories(set_.results());
    nlohmann::json variant = {{"model", set_.model("fp32").string()}};
    variant.update(more);
    const nlohmann::json plan = {{"variants", {variant}}, {"batches", {1}}, {"settings", {{"rounds", 10}}}};
    write_file_atomic(set_.results() / "plan.json", plan.dump());
  }

  [[nodiscard]] std::vector<std::string> resume(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"-q", "run", "--resume", set_.results()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  TinySet set_;
};

TEST_F(ResultFolderTest, TheSecondProcessIsRefusedWithFolderAndHolder) {
  const int pid = start_endless();
  const std::string in_use = "results' is in use by process " + std::to_string(pid);
  EXPECT_TRUE(mentions(complaint(resume()), in_use));
  EXPECT_TRUE(mentions(complaint({"report", set_.results()}), in_use));
  ::kill(pid, SIGKILL);
  EXPECT_EQ(wait_for(pid), 128 + SIGKILL);
}

TEST_F(ResultFolderTest, AKilledRunLeavesNothingBehindForLong) {
  const int pid = start_endless();
  std::this_thread::sleep_for(std::chrono::seconds(1));
  ::kill(pid, SIGKILL);
  (void)wait_for(pid);
  nlohmann::json plan = nlohmann::json::parse(read_text_file(set_.results() / "plan.json"));
  plan["settings"]["rounds"] = 10;
  write_file_atomic(set_.results() / "plan.json", plan.dump());
  write_file_atomic(set_.results() / "images-0123456789abcdef.qtc", std::string_view("left"));
  write_file_atomic(set_.results() / "fp32.scores.f32.tmp-AbC123", std::string_view("left"));
  ASSERT_EQ(run_qbench(resume()).exit_code, 0);
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(set_.results())) {
    const std::string name = entry.path().filename().string();
    EXPECT_TRUE(name.find(".tmp-") == std::string::npos && !name.ends_with(".qtc") && name != ".qbench.lock") << name;
  }
}

TEST_F(ResultFolderTest, ADownloadedPlanRunsNoProgramOfItsOwn) {
  const fs::path trace = set_.path() / "was-here";
  const fs::path program = set_.results() / "worker.sh";
  download({{"worker", "worker.sh"}});
  write_file_atomic(program, "#!/bin/sh\ntouch '" + trace.string() + "'\n");
  fs::permissions(program, fs::perms::owner_all);
  EXPECT_TRUE(mentions(complaint(resume()), "worker.sh' lies in the result folder"));
  EXPECT_TRUE(mentions(complaint(resume({"--trust"})), "worker.sh' lies in the result folder"));
  EXPECT_FALSE(fs::exists(trace));
}

TEST_F(ResultFolderTest, ALibraryOfADownloadedPlanIsNamedAgainOrTrusted) {
  const std::string library = stand_in("fake_tflite_ok").string();
  download({{"runners", {{{"library", library}}}}});
  const std::string line = complaint(resume());
  EXPECT_TRUE(mentions(line, library) && mentions(line, "--trust")) << line;
  EXPECT_TRUE(mentions(complaint(resume({"--library", stand_in("fake_tflite_slow")})), library));
  EXPECT_EQ(run_qbench(resume({"--library", library})).exit_code, 0);
  EXPECT_EQ(run_qbench(resume({"--trust"})).exit_code, 0);
}

TEST_F(ResultFolderTest, NothingIsWrittenThroughALink) {
  for (const char* name : {"cells.jsonl", "report.json", ".qbench.lock", "predictions", "fp32.scores.f32"}) {
    fs::remove_all(set_.results());
    download(nlohmann::json::object());
    const fs::path victim = set_.path() / "victim";
    write_file_atomic(victim, std::string_view("precious"));
    fs::create_symlink(victim, set_.results() / name);
    EXPECT_TRUE(mentions(complaint(resume()), name)) << name;
    EXPECT_EQ(read_text_file(victim), "precious") << name;
  }
}

TEST_F(ResultFolderTest, TrustIsForAResume) {
  EXPECT_TRUE(mentions(complaint(set_.run({"fp32"}, {"--trust"})), "--resume"));
}

}  // namespace
}  // namespace qbench::testing
