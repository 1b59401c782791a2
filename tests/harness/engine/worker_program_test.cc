// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/worker_program.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "core/error.h"
#include "harness/engine/worker.h"
#include "tests/support/paths.h"

namespace qbench::engine {
namespace {

using Path = std::filesystem::path;

class WorkerProgramTest : public ::testing::Test {
 protected:
  ~WorkerProgramTest() override { ::unsetenv("QBENCH_TEST_ANSWER"); }

  /// A program file at a place below the folder.
  Path program(const Path& name) {
    const Path path = folder_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << "#!/bin/sh\nexit 3\n";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return std::filesystem::canonical(path);
  }

  /// What inspecting a worker throws that answers everything with `answer`; empty when nothing.
  static std::string refusal(const char* answer) {
    ::setenv("QBENCH_TEST_ANSWER", answer, 1);
    try {
      (void)inspect_worker(QBENCH_TEST_WORKER);
    } catch (const Error& error) {
      return error.what();
    }
    return {};
  }

  testing::TemporaryFolder folder_;
};

TEST_F(WorkerProgramTest, IsFoundBesideItsProgram) {
  const Path worker = program("bin/qbench-worker");
  EXPECT_EQ(find_worker_of(program("bin/qbench")), worker);
  EXPECT_EQ(find_worker_of(folder_.path() / "bin"), worker);
  EXPECT_EQ(find_worker_of(folder_.path()), worker);
  EXPECT_EQ(find_worker_of(worker), worker);
}

TEST_F(WorkerProgramTest, IsFoundWhereItIsInstalled) {
  const Path worker = program("libexec/qbench/qbench-worker");
  EXPECT_EQ(find_worker_of(program("bin/qbench")), worker);
  EXPECT_EQ(find_worker_of(folder_.path()), worker);
}

TEST_F(WorkerProgramTest, AMissingOneNamesThePlaces) {
  EXPECT_THROW((void)find_worker_of(folder_.path() / "nothing"), Error);
  const Path qbench = program("bin/qbench");
  try {
    (void)find_worker_of(qbench);
    FAIL() << "found a worker";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("libexec/qbench/qbench-worker"), std::string::npos) << error.what();
  }
}

TEST_F(WorkerProgramTest, TellsWhoItIs) {
  const WorkerRecord worker = inspect_worker(QBENCH_TEST_WORKER);
  EXPECT_EQ(worker.protocol, kWorkerProtocol);
  EXPECT_EQ(worker.version, "test");
  EXPECT_EQ(worker.sha256.size(), 64U);
}

TEST_F(WorkerProgramTest, AnotherProtocolIsRefused) {
  EXPECT_NE(refusal(R"({"protocol": 99, "version": "9"})").find("version 99"), std::string::npos);
  EXPECT_NE(refusal(R"({"error": {"code": "error", "message": "unknown request 'hello'"}})").find("version 0"),
            std::string::npos);
}

TEST_F(WorkerProgramTest, WhatIsNoWorkerIsRefused) {
  EXPECT_NE(refusal("[1, 2]").find("is no qbench-worker"), std::string::npos);
  EXPECT_NE(refusal(R"({"protocol": "one"})").find("is no qbench-worker"), std::string::npos);
  EXPECT_THROW((void)inspect_worker(program("bin/other")), Error);
  EXPECT_THROW((void)inspect_worker(folder_.path() / "nothing"), Error);
}

}  // namespace
}  // namespace qbench::engine
