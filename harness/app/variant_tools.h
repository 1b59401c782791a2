// SPDX-License-Identifier: Apache-2.0
// What the commands that make and explain variants share.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "harness/app/commands.h"
#include "harness/app/option_flags.h"
#include "harness/engine/progress.h"
#include "harness/variants/image_set.h"
#include "harness/variants/model_session.h"
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
  TensorFlags tensors;
};

void add_image_flags(CLI::App& command, ImageFlags& flags);

/// What the graph says of its tensors, and what the flags ask for. Throws Error(kConfig) for a size that is none.
[[nodiscard]] ClassifierHints hints_from(const models::Graph& model, const ImageFlags& flags);

/// The TensorFlow Lite runner with these flags. Throws Error(kUnsupported) when it cannot run here, Error(kUsage) for
/// unknown kernels.
[[nodiscard]] variants::Execution execution_from(const ImageFlags& flags);

/// `images` samples of the dataset in this folder, or all of them when it is 0. Throws Error(kUsage) for a number that
/// makes no sense, Error(kConfig) for an unknown recipe, and what ImageSet throws.
[[nodiscard]] std::unique_ptr<variants::ImageSet> load_images(const models::Graph& model, const std::string& folder,
                                                              std::size_t images, const ImageFlags& flags,
                                                              engine::Progress& progress);

[[nodiscard]] std::unique_ptr<engine::Progress> command_progress(const GlobalOptions& global);
[[nodiscard]] reports::ConsoleStyle stdout_style();

}  // namespace qbench::app
