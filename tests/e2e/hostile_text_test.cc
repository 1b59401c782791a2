// SPDX-License-Identifier: Apache-2.0
// Models, classes, paths and messages that hold control characters, through every command.
#include <gtest/gtest.h>

#include "core/files.h"
#include "models/tflite_writer.h"
#include "tests/e2e/command_line.h"
#include "tests/e2e/tiny_set.h"
#include "tests/support/graph_builder.h"
#include "tests/support/raw_bytes.h"

namespace qbench::testing {
namespace {

const std::string kAttack = "=\x1b[2J\x1b]0;t\x07\r\n\xC2\x9B\xE2\x80\xAE\x9B";
// A file system takes anything but a slash and a zero.
const std::string kFolder = "f\x1b[31m\r\n\xC2\x9B\xE2\x80\xAE";

class HostileTextTest : public ::testing::Test {
 protected:
  HostileTextTest() {
    std::filesystem::create_directories(images());
    for (const char* name : {"0red", "1green", "2blue"}) {
      std::filesystem::copy(set_.images() / name, images() / (name + kFolder),
                            std::filesystem::copy_options::recursive);
    }
    std::filesystem::copy_file(set_.model("fp32"), model());
  }

  [[nodiscard]] std::filesystem::path folder() const { return set_.path() / kFolder; }
  [[nodiscard]] std::filesystem::path images() const { return folder() / "images"; }
  [[nodiscard]] std::filesystem::path model() const { return folder() / (kFolder + ".tflite"); }
  [[nodiscard]] std::filesystem::path results() const { return folder() / "results"; }

  static ProgramResult clean(const std::vector<std::string>& arguments) {
    const ProgramResult result = run_qbench(arguments);
    EXPECT_EQ(raw_bytes_in(result.out, {.lines = true}), "") << arguments.at(0);
    EXPECT_EQ(raw_bytes_in(result.err, {.lines = true}), "") << arguments.at(0);
    return result;
  }

  void run_it() const {
    const ProgramResult result =
        clean({"run", "--data", images(), "-o", results(), "--model", model(), "--batch", "1", "--rounds", "12",
               "--restart-rounds", "6", "--jobs", "1", "--recipe", "raw255"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
  }

  TinySet set_{2};
};

TEST_F(HostileTextTest, ARunItsFilesAndEverythingThatReadsThem) {
  run_it();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(results())) {
    const std::string extension = entry.path().extension();
    if (extension != ".csv" && extension != ".md" && extension != ".html" && extension != ".xml" &&
        entry.path().filename() != "report.json" && entry.path().filename() != "gbench.json") {
      continue;
    }
    EXPECT_EQ(raw_bytes_in(read_text_file(entry.path()), {.lines = true}), "") << entry.path().filename();
  }
  const ProgramResult again = clean({"report", results(), "-o", folder() / "again"});
  EXPECT_EQ(again.exit_code, 0) << again.err;
  (void)clean({"compare", results(), results()});
  const std::string db = folder() / "h.db";
  EXPECT_EQ(
      clean({"history", "add", results(), "--db", db, "--label", kAttack, "--branch", kAttack, "--commit", kAttack})
          .exit_code,
      0);
  (void)clean({"history", "list", "--db", db});
  (void)clean({"history", "check", "--db", db});
  for (const char* format : {"csv", "json", "html"}) (void)clean({"history", "export", "--format", format, "--db", db});
  (void)clean({"history", "export", "--samples", "1", "--db", db});
}

TEST_F(HostileTextTest, CommandsThatLookAtAModel) {
  models::Graph graph = tiny_float_graph();
  graph.description = kAttack;
  for (auto& tensor : graph.tensors) tensor.name += kAttack;
  const std::string file = folder() / "names.tflite";
  write_file_atomic(file, models::write_tflite(graph));
  for (const std::string& path : {file, model().string()}) {
    EXPECT_EQ(clean({"inspect", path}).exit_code, 0);
    (void)clean({"inspect", "--json", path});
    (void)clean({"inspect", "--dot", folder() / "graph.dot", path});
    (void)clean({"convert", path, "-o", folder() / "converted.tflite"});
    (void)clean({"recipe", path, images()});
    EXPECT_EQ(clean({"quantize", path, "--to", "fp16", "-o", folder() / "made", "--force"}).exit_code, 0);
    (void)clean({"explain", path, path, images(), "--recipe", "raw255"});
    (void)clean({"run", "--model", path, "--data", images(), "-o", folder() / "named", "--rounds", "10"});
  }
}

TEST_F(HostileTextTest, APathThatIsNoUtf8IsRefusedInWords) {
  const std::string odd = set_.path() / "odd\x9B.tflite";
  std::filesystem::copy_file(set_.model("fp32"), odd);
  const ProgramResult result = clean({"run", "--model", odd, "--data", set_.images(), "-o", set_.results()});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_TRUE(mentions(result.err, "no UTF-8, which plan.json cannot keep; rename it")) << result.err;
  EXPECT_FALSE(std::filesystem::exists(set_.results()));
}

TEST_F(HostileTextTest, CustomOpsErrorsAndWrongUse) {
  const std::string custom = folder() / "custom.tflite";
  write_file_atomic(custom, tiny_model({.custom_op = "op" + kAttack}));
  write_file_atomic(folder() / "broken.tflite", kAttack);
  for (const std::string& path : {custom, (folder() / "broken.tflite").string(), (folder() / "absent").string()}) {
    (void)clean({"inspect", path});
    (void)clean({"run", "--model", path, "--data", images(), "-o", folder() / "bad"});
    (void)clean({"quantize", path, "--to", "dynamic", "-o", folder() / "q.tflite"});
  }
  (void)clean({"dataset", "check", images()});
  (void)clean({"dataset", "check", folder() / "absent"});
  (void)clean({"run", "--" + kAttack});
  (void)clean({kAttack});
  (void)clean({"report", folder() / "absent"});
  (void)clean({"history", "list", "--db", folder() / "absent.db"});
  write_file_atomic(folder() / "plan.json",
                    "{\""
                    "a\\u001b[2J\": 1}");
  (void)clean({"run", folder() / "plan.json"});
}

}  // namespace
}  // namespace qbench::testing
