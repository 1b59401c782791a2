// SPDX-License-Identifier: Apache-2.0
// Writes a float classifier anew for every usual recipe: the affine map between the two kinds of values is folded into
// the first convolution, and its input channels are swapped where the colours are. So one trained network becomes one
// "trained on" each recipe (but for the padded border, where zero now means another colour), without metadata.
// scripts/check_recipes.py asks qbench for their recipes.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/files.h"
#include "core/recipe.h"
#include "datasets/usual_recipes.h"
#include "models/graph.h"
#include "models/tflite_reader.h"
#include "models/tflite_writer.h"

namespace qbench {
namespace {

using models::Graph;

void set_floats(Graph& graph, int tensor, const std::vector<float>& values) {
  graph.tensors[static_cast<std::size_t>(tensor)].buffer = models::add_buffer(graph, models::bytes_of(values));
}

/// Without a word of what it wants.
Graph plain(Graph graph) {
  graph.metadata.clear();
  graph.files.clear();
  return graph;
}

/// `graph` wants `own`; the result wants `wanted`. Throws Error(kModel) when it does not begin with a convolution.
Graph refed(Graph graph, const Recipe& own, const Recipe& wanted) {
  const models::Operator& first = graph.operators.front();
  if (first.op != models::Op::kConv2D || models::input_of(first, 0) != graph.inputs.at(0)) {
    throw Error(ErrorCode::kModel, "the model does not begin with a convolution");
  }
  const int weights_at = first.inputs[1];
  const int bias_at = first.inputs[2];
  const std::vector<float> weights = models::constant_floats(graph, weights_at);
  std::vector<float> bias = models::constant_floats(graph, bias_at);
  const std::size_t per_filter = weights.size() / bias.size();
  std::vector<float> folded(weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const std::size_t channel = i % 3;
    // Channel of the wanted values that holds the same colour.
    const std::size_t from = own.colour == wanted.colour ? channel : 2 - channel;
    folded[i - channel + from] = static_cast<float>(weights[i] * wanted.std[from] / own.std[channel]);
    bias[i / per_filter] += static_cast<float>(weights[i] * (wanted.mean[from] - own.mean[channel]) / own.std[channel]);
  }
  set_floats(graph, weights_at, folded);
  set_floats(graph, bias_at, bias);
  return plain(std::move(graph));
}

void write_refed(const std::string& model, const std::string& own, const std::filesystem::path& folder) {
  const Graph graph = models::read_tflite_file(model);
  for (const Recipe& wanted : datasets::usual_recipes(3)) {
    const std::filesystem::path file = folder / (wanted.name + ".tflite");
    write_file_atomic(file, models::write_tflite(refed(graph, named_recipe(own), wanted)));
    fmt::print("{}\n", wanted.name);
  }
}

}  // namespace
}  // namespace qbench

int main(int argc, char** argv) {
  CLI::App app("Write a float classifier anew for every usual recipe, or models without their metadata");
  std::string model;
  std::string own;
  std::string folder;
  std::vector<std::string> files;
  app.add_option("--model", model, "Float classifier with 3 channels that begins with CONV_2D");
  app.add_option("--recipe", own, "The recipe that it wants");
  app.add_option("--folder", folder, "Where to write; exists");
  app.add_option("--plain", files, "Models to be rewritten in place without metadata");
  CLI11_PARSE(app, argc, argv);
  try {
    if (!model.empty()) qbench::write_refed(model, own, folder);
    for (const std::string& file : files) {
      qbench::write_file_atomic(file,
                                qbench::models::write_tflite(qbench::plain(qbench::models::read_tflite_file(file))));
    }
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "refed_model: {}\n", error.what());
    return 2;
  }
}
