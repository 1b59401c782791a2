// SPDX-License-Identifier: Apache-2.0
// Files that are no .tflite model, and models that cannot be run here: each command says the same and what to do.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>

#include "models/tflite_writer.h"
#include "tests/e2e/command_line.h"
#include "tests/e2e/tiny_set.h"
#include "tests/support/graph_builder.h"

namespace qbench::testing {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPointer =
    "version https://git-lfs.github.com/spec/v1\noid sha256:bd8d56b80557a5fca7acf14f61e5339285\nsize 4020936\n";
constexpr std::string_view kHdf5 = "\x89HDF\r\n\x1a\n and so on";

class RefusalTest : public ::testing::Test {
 protected:
  RefusalTest() {
    write_file_atomic(set_.model("pointer"), kPointer);
    write_file_atomic(set_.path() / "net.h5", kHdf5);
    ::mkfifo(pipe().c_str(), 0600);
  }

  [[nodiscard]] fs::path pipe() const { return set_.path() / "pipe.tflite"; }
  [[nodiscard]] std::string good() const { return set_.model("fp32").string(); }

  /// Every command that takes a model, with `model` in its place; each ends with one line and exit code 2.
  [[nodiscard]] std::vector<std::vector<std::string>> commands(const std::string& model) const {
    const std::string images = set_.images();
    return {
        {"inspect", model},
        {"quantize", model, "--to", "fp16", "-o", set_.path() / "variants"},
        {"explain", model, good(), images},
        {"explain", good(), model, images},
        {"recipe", model, images},
        {"selftest", "--model", model, "--minutes", "0.01", "-o", set_.path() / "profile.json"},
        {"report", model},
        {"compare", model, good()},
    };
  }

  void expect_refusals(const std::string& model, const std::string& part) const {
    for (const std::vector<std::string>& command : commands(model)) {
      const std::string line = complaint(command);
      EXPECT_TRUE(mentions(line, part)) << command[0] << ": " << line;
    }
#ifdef QBENCH_GBENCH_PROGRAM
    const ProgramResult result = run_program(QBENCH_GBENCH_PROGRAM, {"-m", model});
    EXPECT_EQ(result.exit_code, 2);
    EXPECT_TRUE(mentions(result.err, part)) << result.err;
#endif
  }

  /// Outcome of a cell beside a good one, in `run` or `compare --live`.
  [[nodiscard]] nlohmann::json outcome_beside_good(const std::string& model, bool live, int exit_code = 1) const {
    fs::remove_all(set_.results());
    std::vector<std::string> arguments{
        "-q",     "run",      "--data", set_.images(),      "-o", set_.results(),  "--batch", "1", "--recipe",
        "raw255", "--rounds", "10",     "--restart-rounds", "0",  "--max-seconds", "5"};
    if (live) {
      arguments[1] = "compare";
      arguments.insert(arguments.end(), {"--live", "--model-a", "bad=" + good(), "--model-b", "bad=" + model});
    } else {
      arguments.insert(arguments.end(), {"--model", "good=" + good(), "--model", "bad=" + model});
    }
    const ProgramResult result = run_qbench(arguments);
    EXPECT_EQ(result.exit_code, exit_code) << result.err;
    terminal_ = result.out;
    const nlohmann::json report = read_report(set_.results());
    const nlohmann::json& cell = report.at("cells").back();
    EXPECT_EQ(report.at("cells").front().at("lanes")[0].at("outcome").at("status"), "ok");
    return cell.at("lanes")[0].at("outcome");
  }

  TinySet set_;
  mutable std::string terminal_;
};

TEST_F(RefusalTest, AGitLfsPointerIsToldTheCommandByAll) {
  expect_refusals(set_.model("pointer"), "a git-lfs pointer, not the model: run `git lfs pull`");
}

TEST_F(RefusalTest, AKerasFileIsToldTheConverterByAll) {
  expect_refusals(set_.path() / "net.h5", "tflite_convert --keras_model_file=");
}

TEST_F(RefusalTest, APipeMakesNoCommandWait) {
  const auto start = std::chrono::steady_clock::now();
  for (const std::vector<std::string>& command : commands(pipe())) {
    if (command[0] == "report" || command[0] == "compare") continue;  // which read no model
    EXPECT_TRUE(mentions(complaint(command), "a pipe, not a model")) << command[0];
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(6));
}

TEST_F(RefusalTest, ARunGoesOnWithoutTheCellAndSaysWhy) {
  for (const bool live : {false, true}) {
    const nlohmann::json outcome = outcome_beside_good(set_.model("pointer"), live);
    EXPECT_EQ(outcome.at("status"), "error");
    EXPECT_TRUE(mentions(outcome.at("reason"), "git lfs pull")) << outcome;
    EXPECT_TRUE(mentions(terminal_, "git-lfs pointer")) << terminal_;
  }
  EXPECT_TRUE(mentions(outcome_beside_good(set_.path() / "net.h5", false).at("reason"), "a Keras model"));
  EXPECT_TRUE(mentions(outcome_beside_good(pipe(), false).at("reason"), "a pipe, not a model"));
  EXPECT_TRUE(mentions(outcome_beside_good(set_.path(), false).at("reason"), "a folder, not a model"));
}

class CannotRunTest : public RefusalTest {
 protected:
  /// The tiny classifier with its last op changed.
  std::string with_last_op(models::Op op, const std::string& custom_code, int version) {
    models::Graph graph = tiny_float_graph();
    models::Operator& last = graph.operators.back();
    last.op = op;
    last.version = version;
    last.custom_code = custom_code;
    if (op == models::Op::kCustom) last.options = {};
    write_file_atomic(set_.model("strange"), models::write_tflite(graph));
    return set_.model("strange");
  }

  void expect_unsupported(const std::string& model, const std::string& part) const {
    const nlohmann::json outcome = outcome_beside_good(model, false, 0);
    EXPECT_EQ(outcome.at("status"), "unsupported") << outcome;
    EXPECT_TRUE(mentions(outcome.at("reason"), part)) << outcome;
    const ProgramResult inspected = run_qbench({"inspect", model});
    EXPECT_TRUE(mentions(inspected.out, "run: no, because")) << inspected.out;
    EXPECT_TRUE(mentions(inspected.out, part)) << inspected.out;
    EXPECT_TRUE(mentions(complaint({"selftest", "--model", model, "-o", set_.path() / "profile.json"}), part));
#ifdef QBENCH_GBENCH_PROGRAM
    const ProgramResult result = run_program(QBENCH_GBENCH_PROGRAM, {"-m", model, "-b", "1"});
    EXPECT_EQ(result.exit_code, 0) << "unsupported is a result: " << result.err;
    EXPECT_TRUE(mentions(result.out + result.err, part)) << result.out << result.err;
#endif
  }
};

TEST_F(CannotRunTest, FlexOps) {
  expect_unsupported(with_last_op(models::Op::kCustom, "FlexSoftmax", 1), "need the Flex delegate");
}

TEST_F(CannotRunTest, AFileThatVelaCompiled) {
  expect_unsupported(with_last_op(models::Op::kCustom, "ethos-u", 1), "compiled by Vela for an Arm Ethos-U");
}

TEST_F(CannotRunTest, AnOpOfANewerRuntime) {
  expect_unsupported(with_last_op(models::Op::kSoftmax, "", 99), "SOFTMAX version 99 (2.9 knows 3)");
}

TEST_F(CannotRunTest, InspectSaysWhatRunTakes) {
  EXPECT_TRUE(mentions(run_qbench({"inspect", good()}).out, "run: yes\n"));
  const nlohmann::json run = json_answer({"inspect", good(), "--json"}).at("run");
  EXPECT_EQ(run.at("takes"), true);
  EXPECT_TRUE(run.at("obstacles").empty());
  const std::string flex = with_last_op(models::Op::kCustom, "FlexSoftmax", 1);
  const nlohmann::json refused = json_answer({"inspect", flex, "--json"}).at("run");
  EXPECT_EQ(refused.at("takes"), false);
  EXPECT_TRUE(mentions(refused.at("obstacles")[0].at("remedy"), "TFLITE_BUILTINS"));
}

}  // namespace
}  // namespace qbench::testing
