// SPDX-License-Identifier: Apache-2.0
// Writes the seeds of tflite_reader_fuzz: small sound models that together use every op with a rule.
//   tflite_corpus FOLDER
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <filesystem>

#include "core/files.h"
#include "models/metadata.h"
#include "models/tflite_writer.h"
#include "tests/models/op_uses.h"
#include "tests/support/graph_builder.h"

namespace {

namespace models = qbench::models;

void write(const std::filesystem::path& folder, const std::string& name, const models::Graph& graph) {
  qbench::write_file_atomic(folder / (name + ".tflite"), models::write_tflite(graph));
}

void write_all(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  write(folder, "tiny_int8", qbench::testing::tiny_int8_graph());
  write(folder, "tiny_fixed_batch", qbench::testing::tiny_fixed_batch_graph());
  models::MetadataUpdate update;
  update.normalization = models::Normalization{{127.5F}, {127.5F}};
  update.labels = {"a", "b", "c", "d"};
  models::Graph labelled = models::update_metadata(qbench::testing::tiny_float_graph(), update);
  labelled.signatures = {{"serving", {{"x", labelled.inputs[0]}}, {{"y", labelled.outputs[0]}}}};
  write(folder, "tiny_float_labelled", labelled);
  for (const models::Use& use : models::make_uses()) write(folder, use.name, use.make());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: tflite_corpus FOLDER\n");
    return 2;
  }
  try {
    write_all(argv[1]);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
  }
}
