// SPDX-License-Identifier: Apache-2.0
#include "harness/app/trust.h"

#include <gtest/gtest.h>

#include <string>

#include "core/error.h"
#include "core/files.h"
#include "tests/support/paths.h"

namespace qbench::app {
namespace {

class TrustTest : public ::testing::Test {
 protected:
  /// What is said of a plan with `cell`, "" when it is taken.
  [[nodiscard]] std::string verdict(const engine::CellPlan& cell) const {
    engine::Plan plan;
    plan.cells = {engine::CellPlan(), cell};
    plan.settings = settings_;
    try {
      require_trust(plan, folder_.path(), flags_);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUsage);
      return error.what();
    }
    return "";
  }

  [[nodiscard]] static engine::CellPlan with_library(const std::filesystem::path& library) {
    engine::CellPlan cell;
    cell.options.library = library;
    return cell;
  }
  [[nodiscard]] static engine::CellPlan with_worker(const std::filesystem::path& worker) {
    engine::CellPlan cell;
    cell.worker = worker;
    return cell;
  }
  [[nodiscard]] static engine::CellPlan with_delegate(const std::filesystem::path& library) {
    engine::CellPlan cell;
    cell.options.delegate.library = library;
    cell.options.delegate.options = {{"device", "usb:0"}};
    return cell;
  }

  testing::TemporaryFolder folder_;
  engine::RunSettings settings_;
  RunFlags flags_;
};

TEST_F(TrustTest, APlanThatOpensTheSandboxNeedsTrust) {
  settings_.worker_read = "/home";
  EXPECT_NE(verdict(engine::CellPlan()).find("opens the sandbox of the workers (worker_read /home)"),
            std::string::npos);
  settings_ = {};
  settings_.sandbox = "off";
  EXPECT_NE(verdict(engine::CellPlan()).find("(sandbox off)"), std::string::npos);
  flags_.trust = true;
  EXPECT_EQ(verdict(engine::CellPlan()), "");
}

TEST_F(TrustTest, ModelsAreDataAndBareLibrariesAreTheLoaders) {
  engine::CellPlan cell;
  cell.model = "/somewhere/model.tflite";
  EXPECT_EQ(verdict(cell), "");
  EXPECT_EQ(verdict(with_library("libtensorflowlite_c.so")), "");
}

TEST_F(TrustTest, WhatNobodyNamedIsRefusedWithItsPathAndTheFlag) {
  for (const engine::CellPlan& cell :
       {with_library("/opt/evil"), with_worker("/opt/evil"), with_delegate("/opt/evil")}) {
    const std::string line = verdict(cell);
    EXPECT_NE(line.find("'/opt/evil'"), std::string::npos) << line;
    EXPECT_NE(line.find("--trust"), std::string::npos) << line;
  }
}

TEST_F(TrustTest, WhatTheCommandLineNamesAgainIsTaken) {
  flags_.libraries = {"/opt/lib.so"};
  flags_.workers = {"/opt/qbench-worker"};
  flags_.delegate = "/opt/delegate.so";
  flags_.delegate_options = {"device=usb:0"};
  EXPECT_EQ(verdict(with_library("/opt/lib.so")), "");
  EXPECT_EQ(verdict(with_worker("/opt/qbench-worker")), "");
  EXPECT_EQ(verdict(with_delegate("/opt/delegate.so")), "");
  EXPECT_NE(verdict(with_library("/opt/other.so")), "");
}

TEST_F(TrustTest, ADelegatesOptionsAreNamedWithIt) {
  flags_.delegate = "/opt/delegate.so";
  EXPECT_NE(verdict(with_delegate("/opt/delegate.so")), "");
  EXPECT_NE(verdict(with_delegate("libdelegate.so")), "");
}

TEST_F(TrustTest, TrustReachesWhatLiesOutside) {
  flags_.trust = true;
  EXPECT_EQ(verdict(with_library("/opt/lib.so")), "");
  EXPECT_EQ(verdict(with_worker("/opt/qbench-worker")), "");
  EXPECT_EQ(verdict(with_delegate("/opt/delegate.so")), "");
}

TEST_F(TrustTest, TrustDoesNotReachIntoTheFolderByAnyWay) {
  flags_.trust = true;
  write_file_atomic(folder_.path() / "lib.so", std::string_view("x"));
  const testing::TemporaryFolder outside;
  std::filesystem::create_symlink(folder_.path() / "lib.so", outside.path() / "lib.so");
  for (const std::filesystem::path& path :
       {folder_.path() / "lib.so", outside.path() / "lib.so", folder_.path() / "a" / ".." / "lib.so"}) {
    EXPECT_NE(verdict(with_library(path)).find("lies in the result folder"), std::string::npos) << path;
  }
}

}  // namespace
}  // namespace qbench::app
