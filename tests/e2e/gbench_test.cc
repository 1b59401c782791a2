// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "models/tflite_writer.h"
#include "tests/e2e/command_line.h"
#include "tests/e2e/tiny_set.h"
#include "tests/support/odd_models.h"
#include "tests/support/shape_models.h"

namespace qbench::testing {
namespace {

using nlohmann::json;

class GbenchTest : public ::testing::Test {
 protected:
  [[nodiscard]] ProgramResult run(std::vector<std::string> arguments) const {
    arguments.emplace_back("--benchmark_min_time=0.001");
    return run_program(QBENCH_GBENCH_PROGRAM, arguments);
  }
  [[nodiscard]] std::string model(const std::string& name) const { return name + "=" + set_.model(name).string(); }

  /// Exit code 2 and `part` on standard error.
  void expect_complaint(const std::vector<std::string>& arguments, const std::string& part) const {
    const ProgramResult result = run(arguments);
    EXPECT_EQ(result.exit_code, 2) << result.err;
    EXPECT_TRUE(mentions(result.err, part)) << result.err;
  }

  TinySet set_;
};

std::set<std::string> keys_of(const json& object) {
  std::set<std::string> keys;
  for (const auto& [key, value] : object.items()) keys.insert(key);
  return keys;
}

TEST_F(GbenchTest, ListsEveryModelAtEveryBatch) {
  const ProgramResult result =
      run({"-m", model("fp32"), "-m", model("int8"), "--batch", "1,4", "--benchmark_list_tests=true"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.out,
            "fp32/batch:1/process_time/real_time\nfp32/batch:4/process_time/real_time\n"
            "int8/batch:1/process_time/real_time\nint8/batch:4/process_time/real_time\n");
}

TEST_F(GbenchTest, AFilterChooses) {
  const ProgramResult result =
      run({"-m", model("fp32"), "-m", model("int8"), "--benchmark_filter=int8/batch:1/", "--benchmark_format=json"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const json benchmarks = json::parse(result.out).at("benchmarks");
  ASSERT_EQ(benchmarks.size(), 1U);
  EXPECT_EQ(benchmarks[0].at("run_name"), "int8/batch:1/process_time/real_time");
  EXPECT_GT(benchmarks[0].at("real_time"), 0.0);
  EXPECT_EQ(benchmarks[0].at("model_bytes"), std::filesystem::file_size(set_.model("int8")));
  EXPECT_FALSE(benchmarks[0].at("label").get<std::string>().empty());
}

TEST_F(GbenchTest, OurClockLiesWithinGooglesClock) {
  const ProgramResult result = run({"-m", model("fp32"), "--batch", "1", "--benchmark_format=json"});
  const json entry = json::parse(result.out).at("benchmarks").at(0);
  EXPECT_GT(entry.at("invoke_ns"), 0.0);
  EXPECT_LE(entry.at("invoke_ns"), entry.at("real_time"));
}

TEST_F(GbenchTest, ThroughputCountsImages) {
  const ProgramResult result = run({"-m", model("fp32"), "--batch", "4", "--benchmark_format=json"});
  const json entry = json::parse(result.out).at("benchmarks").at(0);
  EXPECT_NEAR(entry.at("items_per_second").get<double>() * entry.at("real_time").get<double>(), 4e9, 1e3);
}

TEST_F(GbenchTest, WritesWhatRunWrites) {
  const std::filesystem::path out = set_.path() / "out.json";
  ASSERT_EQ(run({"-m", model("fp32"), "--batch", "1", "--benchmark_repetitions=3", "--benchmark_out=" + out.string()})
                .exit_code,
            0);
  ASSERT_EQ(run_qbench(set_.run({"fp32"}, {"--batch", "1"})).exit_code, 0);
  const json ours = json::parse(read_text_file(set_.results() / "gbench.json"));
  const json google = json::parse(read_text_file(out));
  for (const char* run_type : {"iteration", "aggregate"}) {
    const auto entry = [run_type](const json& report) {
      const json& all = report.at("benchmarks");
      return *std::find_if(all.begin(), all.end(), [&](const json& e) { return e.at("run_type") == run_type; });
    };
    const std::set<std::string> known = keys_of(entry(google));
    for (const std::string& key : keys_of(entry(ours))) EXPECT_TRUE(known.contains(key)) << run_type << ' ' << key;
    EXPECT_EQ(entry(ours).at("run_name"), entry(google).at("run_name"));
  }
}

TEST_F(GbenchTest, ABatchThatTheModelCannotDoIsSkipped) {
  write_file_atomic(set_.model("fixed"), tiny_model({.fixed_batch = true}));
  write_file_atomic(set_.path() / "plan.json", R"({"variants": ["fixed.tflite"], "settings": {"rebatch": false}})");
  const ProgramResult result = run({set_.path() / "plan.json", "--batch", "1,4", "--benchmark_format=json"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const json benchmarks = json::parse(result.out).at("benchmarks");
  EXPECT_FALSE(benchmarks.at(0).contains("error_occurred"));
  EXPECT_TRUE(mentions(benchmarks.at(1).at("error_message"), "batch 4")) << benchmarks;
}

TEST_F(GbenchTest, ABatchIsRewrittenAndSaysSo) {
  write_file_atomic(set_.model("fixed"), tiny_model({.fixed_batch = true}));
  const ProgramResult result = run({"-m", model("fixed"), "--batch", "4", "--benchmark_format=json"});
  EXPECT_TRUE(mentions(json::parse(result.out).at("benchmarks").at(0).at("label"), "batch rewritten")) << result.out;
}

TEST_F(GbenchTest, ARuntimeThatFailsIsAFailure) {
  const ProgramResult result =
      run({"-m", model("fp32"), "--batch", "1", "--library", stand_in("fake_tflite_fail_invoke").string()});
  EXPECT_EQ(result.exit_code, 1) << result.err;
  EXPECT_TRUE(mentions(result.out, "ERROR OCCURRED")) << result.out;
}

TEST_F(GbenchTest, ARuntimeThatHangsEndsTheProgram) {
  for (const char* flavour : {"fake_tflite_hang_load", "fake_tflite_hang_invoke"}) {
    const ProgramResult result = run({"-m", model("fp32"), "--batch", "1", "--load-timeout-s", "1",
                                      "--request-timeout-s", "1", "--library", stand_in(flavour).string()});
    EXPECT_EQ(result.exit_code, 1) << result.err;
    EXPECT_TRUE(mentions(result.err, "timeout: no answer within 1 s")) << result.err;
  }
}

TEST_F(GbenchTest, WrongInputs) {
  expect_complaint({}, "--model");
  expect_complaint({"-m", "absent.tflite"}, "absent.tflite");
  expect_complaint({"-m", model("fp32"), "--rouns"}, "no flag '--rouns'");
  expect_complaint({"-m", model("fp32"), "--batch", "x"}, "--batch");
  expect_complaint({"-m", model("fp32"), "--benchmark_filter=zzz"}, "fits the filter");
  const OddModel odd = unreadable_models().at(0);
  write_file_atomic(set_.model("odd"), odd.bytes);
  expect_complaint({"-m", model("odd")}, odd.problem);
}

TEST_F(GbenchTest, HelpIsForEverybody) {
  const ProgramResult result = run({"--help"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_TRUE(mentions(result.out, "--benchmark_repetitions"));
}

TEST_F(GbenchTest, LoadsNoImageLibrary) {
  const ProgramResult result = run_program(QBENCH_GBENCH_PROGRAM, {}, {"LD_TRACE_LOADED_OBJECTS=1"});
  EXPECT_TRUE(mentions(result.out, "libbenchmark"));
  EXPECT_FALSE(mentions(result.out, "opencv"));
}

TEST_F(GbenchTest, TakesTheShapesThatRunTakesAndSaysWhatItAssumed) {
  for (const ShapeModel& shape : colour_shapes()) {
    if (shape.name != "flat" && shape.name != "transposed" && shape.name != "several") continue;
    write_file_atomic(set_.model(shape.name), models::write_tflite(shape.graph));
    const ProgramResult result = run({"-m", model(shape.name), "--batch", "4", "--benchmark_format=json"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(mentions(result.err, "assumed: "), shape.name != "transposed") << result.err;
  }
  expect_complaint(
      {"-m", model("several"), "--output-tensor", "age", "--benchmark_list_tests=true", "--image-size", "x"},
      "not a height and width");
}

}  // namespace
}  // namespace qbench::testing
