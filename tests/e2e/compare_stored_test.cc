// SPDX-License-Identifier: Apache-2.0
// Two results that lie on the disk: what is compared, what is refused and what is unreadable.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>

#include "tests/e2e/command_line.h"
#include "tests/e2e/tiny_set.h"

namespace qbench::testing {
namespace {

using Path = std::filesystem::path;
using Json = nlohmann::json;

/// The same plan run twice, into a/ and b/; every case works on copies.
class CompareStoredTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    set_ = std::make_unique<TinySet>();
    for (const char* name : {"a", "b"}) {
      const ProgramResult run =
          run_qbench(set_->run({"fp32", "int8"}, {"-o", set_->path() / name, "--seed", name[0] == 'a' ? "1" : "2"}));
      ASSERT_EQ(run.exit_code, 0) << run.err;
    }
  }
  static void TearDownTestSuite() { set_.reset(); }

  void SetUp() override {
    for (const char* name : {"a", "b"}) {
      std::filesystem::copy(set_->path() / name, folder_.path() / name, std::filesystem::copy_options::recursive);
    }
  }

  [[nodiscard]] Path a() const { return folder_.path() / "a"; }
  [[nodiscard]] Path b() const { return folder_.path() / "b"; }

  /// Changes b's report.
  template <typename Change>
  void change_b(Change change) const {
    Json report = read_report(b());
    change(report);
    write_file_atomic(b() / "report.json", report.dump());
  }

  [[nodiscard]] ProgramResult compare(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"compare", a(), b()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_qbench(arguments);
  }

  TemporaryFolder folder_;
  static std::unique_ptr<TinySet> set_;
};

std::unique_ptr<TinySet> CompareStoredTest::set_;

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST_F(CompareStoredTest, TwoRunsOfTheSameThingAreSetSideBySide) {
  const ProgramResult result = compare();
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(has(result.out, "int8-candidate")) << result.out;
  EXPECT_TRUE(has(result.out, "every one of 12 predictions is the same")) << result.out;
  EXPECT_TRUE(has(result.out, "timed in two runs")) << result.out;
  EXPECT_TRUE(has(result.out, "ratio to 'fp32'")) << result.out;
}

TEST_F(CompareStoredTest, EveryOutputCanBeAskedFor) {
  ASSERT_EQ(compare({"-o", folder_.path() / "out"}).exit_code, 0);
  for (const char* file : {"report.json", "report.md", "report.html", "report.csv", "junit.xml"}) {
    EXPECT_TRUE(std::filesystem::exists(folder_.path() / "out" / file)) << file;
  }
  ASSERT_EQ(compare({"-o", folder_.path() / "one.md"}).exit_code, 0);
  EXPECT_TRUE(has(read_text_file(folder_.path() / "one.md"), "run vs run"));
  const ProgramResult printed = compare({"--json"});
  EXPECT_EQ(Json::parse(printed.out).at("cells").size(), 4U);
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    EXPECT_FALSE(entry.path().filename().string().starts_with(".qbench-")) << entry.path();
  }
}

TEST_F(CompareStoredTest, WhatIsNotComparableIsRefusedWithEveryReason) {
  change_b([](Json& report) {
    report["board"]["cpu"]["model"] = "another CPU";
    report["dataset"]["sha256"] = std::string(64, '0');
    report["partial"] = true;
  });
  const ProgramResult result = compare();
  EXPECT_EQ(result.exit_code, 4);
  EXPECT_TRUE(result.out.empty()) << result.out;
  EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 3) << result.err;
  for (const char* reason : {"another CPU", "the dataset differs", "was interrupted"}) {
    EXPECT_TRUE(has(result.err, reason)) << result.err;
  }
}

TEST_F(CompareStoredTest, ForcingMarksEveryOutput) {
  change_b([](Json& report) { report["board"]["cpu"]["model"] = "another CPU"; });
  const ProgramResult result = compare({"--force", "-o", folder_.path() / "out"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(has(result.out, "forced: the CPU differs")) << result.out;
  for (const char* file : {"report.json", "report.md", "report.html", "report.csv", "junit.xml", "gbench.json"}) {
    EXPECT_TRUE(has(read_text_file(folder_.path() / "out" / file), "forced")) << file;
  }
}

TEST_F(CompareStoredTest, AGateIsHeldAgainstTheStoredFigures) {
  EXPECT_EQ(compare({"--gate", "size<=+0%,top1>=-60pp"}).exit_code, 0);
  change_b([](Json& report) {
    for (Json& cell : report["cells"]) cell["model"]["bytes"] = cell["model"]["bytes"].get<int>() * 2;
  });
  const ProgramResult result = compare({"--gate", "size<=+0%"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_TRUE(has(result.out, "size<=+0%: MISSED: +100.00 %")) << result.out;
}

TEST_F(CompareStoredTest, CellsWithoutACounterpartAreListed) {
  change_b([](Json& report) { report["cells"][1]["threads"] = 3; });
  const ProgramResult result = compare();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(has(result.out, "not compared: 'int8': only in the reference record")) << result.out;
  change_b([](Json& report) { report["cells"][0]["threads"] = 3; });
  EXPECT_EQ(compare({"--force"}).exit_code, 4);
}

TEST_F(CompareStoredTest, BadInputsAreOneClearLine) {
  const auto refused = [](const std::vector<std::string>& arguments, const std::string& words) {
    const ProgramResult result = run_qbench(arguments);
    EXPECT_EQ(result.exit_code, 2) << result.err;
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
    EXPECT_TRUE(has(result.err, words)) << result.err;
  };
  refused({"compare"}, "needs two results");
  refused({"compare", a()}, "needs two results");
  refused({"compare", a(), folder_.path() / "nothing"}, "nothing");
  refused({"compare", a(), a()}, "the very same run");
  refused({"compare", a(), b(), "--model", "x.tflite"}, "--live");
  refused({"compare", a(), b(), "--gate", "latncy<=1%"}, "latncy");
  refused({"compare", "--live", a(), b()}, "--live measures anew");
  refused({"compare", a(), b(), "-o", folder_.path() / "no" / "such" / "file.md"}, "file.md");
}

TEST_F(CompareStoredTest, ACopyOfTheSameRunIsRefused) {
  std::filesystem::copy_file(a() / "report.json", b() / "report.json",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_EQ(compare().exit_code, 2);
}

TEST_F(CompareStoredTest, DamagedRecordsAreRefused) {
  const std::string whole = read_text_file(b() / "report.json");
  for (const std::string& text : {whole.substr(0, whole.size() / 2), std::string(), std::string("[]")}) {
    write_file_atomic(b() / "report.json", text);
    const ProgramResult result = compare();
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_TRUE(has(result.err, "report.json")) << result.err;
  }
  write_file_atomic(b() / "report.json", whole);
  change_b([](Json& report) { report["schema_version"] = 99; });
  EXPECT_EQ(compare().exit_code, 2);
  EXPECT_TRUE(has(compare().err, "newer"));
}

}  // namespace
}  // namespace qbench::testing
