// SPDX-License-Identifier: Apache-2.0
// What the commands that make and explain variants share.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "harness/app/commands.h"
#include "harness/app/limit_flags.h"
#include "harness/app/option_flags.h"
#include "harness/engine/progress.h"
#include "harness/variants/image_set.h"
#include "harness/variants/model_session.h"
#include "models/graph.h"
#include "reports/console_table.h"

namespace qbench::app {

/// Width to which a column of names may be cut.
inline constexpr int kShortestName = 24;

/// Flags of the runtime and of the images' preprocessing.
struct ImageFlags {
  std::string recipe;
  std::string library;
  std::string kernels = "auto";
  int jobs = 0;
  std::size_t images = 100;
  std::uint64_t seed = 1;
  std::string class_order;
  std::optional<int> label_offset;
  TensorFlags tensors;
  LimitFlags limits;
};

/// Which images a command works on.
struct ImageRequest {
  std::filesystem::path model;      ///< whose labels name the classes and which is to be fed
  std::filesystem::path variant{};  ///< another of the same network, which may know what both want; may be empty
  std::string folder;
  std::size_t images = 0;                           ///< 0: all
  bool needs_labels = true;                         ///< false: a flat folder will do
  std::optional<datasets::DerivedRecipe> recipe{};  ///< settled before with other images
};

void add_image_flags(CLI::App& command, ImageFlags& flags);

/// What the graph says of its tensors, and what the flags ask for. Throws Error(kConfig) for a size that is none.
[[nodiscard]] ClassifierHints hints_from(const models::Graph& model, const ImageFlags& flags);

/// The TensorFlow Lite runner with these flags, after a child process has opened its library. Throws
/// Error(kUnsupported) when it cannot run here, Error(kUsage) for unknown kernels, and what run_in_children() throws.
[[nodiscard]] variants::Execution execution_from(const ImageFlags& flags);

/// The images asked for, fit for `model`. Throws Error(kConfig) for an unknown recipe, and what add_model_labels() and
/// ImageSet throw.
[[nodiscard]] std::unique_ptr<variants::ImageSet> load_images(const models::Graph& model, const ImageRequest& request,
                                                              const ImageFlags& flags, engine::Progress& progress);

/// The graph after models::repair(). What was repaired goes to `progress`, unless --quiet.
[[nodiscard]] models::Graph repaired(models::Graph graph, const std::string& name, const GlobalOptions& global,
                                     engine::Progress& progress);

[[nodiscard]] std::unique_ptr<engine::Progress> command_progress(const GlobalOptions& global);
[[nodiscard]] reports::ConsoleStyle stdout_style();

}  // namespace qbench::app
