// SPDX-License-Identifier: Apache-2.0
#include "harness/app/quantize_output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/error.h"
#include "core/files.h"
#include "core/metrics/intervals.h"
#include "core/metrics/paired.h"
#include "harness/app/layer_table.h"
#include "harness/app/variant_tools.h"
#include "reports/table.h"
#include "reports/text.h"

namespace qbench::app {
namespace {

constexpr std::size_t kReportRows = 12;

struct Sizes {
  std::uint64_t bytes = 0;
  std::uint64_t zstd = 0;
};

Sizes sizes_of(const models::Bytes& bytes) { return {bytes.size(), zstd_compressed_size(bytes)}; }

double ratio(std::uint64_t part, std::uint64_t whole) { return static_cast<double>(part) / static_cast<double>(whole); }

void add_row(reports::Table& table, const std::string& name, const Sizes& own, const Sizes& original) {
  table.add_row({{printable(name)},
                 {fmt::format("{}", own.bytes)},
                 {fmt::format("{:.3f}", ratio(own.bytes, original.bytes))},
                 {fmt::format("{}", own.zstd)},
                 {fmt::format("{:.3f}", ratio(own.zstd, original.zstd))}});
}

}  // namespace

std::filesystem::path variant_path(const std::filesystem::path& folder, const std::filesystem::path& model,
                                   const std::string& variant) {
  constexpr std::array<std::string_view, 2> kFloatEndings = {"_fp32", "_float32"};
  std::string stem = model.stem().string();
  for (std::string_view ending : kFloatEndings) {
    if (stem.ends_with(ending) && stem.size() > ending.size()) stem.erase(stem.size() - ending.size());
  }
  return folder / (stem + "_" + variant + ".tflite");
}

void check_output(const std::filesystem::path& folder, const std::vector<std::filesystem::path>& files, bool force) {
  for (const std::filesystem::path& file : files) {
    if (!force && std::filesystem::exists(file)) {
      throw Error(ErrorCode::kIo, "'{}' exists; give another folder with -o, or --force to replace it", file.string());
    }
  }
  // The folder may be new, and so may the one above it.
  std::filesystem::path existing = std::filesystem::absolute(folder);
  std::error_code ignored;
  while (!std::filesystem::exists(existing, ignored) && existing.has_relative_path()) existing = existing.parent_path();
  if (!std::filesystem::is_directory(existing, ignored)) {
    throw Error(ErrorCode::kIo, "the output folder '{}' cannot be made: '{}' is a file", folder.string(),
                existing.string());
  }
  if (::access(existing.c_str(), W_OK | X_OK) != 0) {
    throw Error(ErrorCode::kIo, "the output folder '{}' cannot be written: {}", folder.string(), errno_text(errno));
  }
}

std::string accuracy_sentence(const variants::MixedStep& step, const variants::Accuracy& float_accuracy) {
  const std::size_t right = step.accuracy.right();
  const std::size_t images = step.accuracy.images();
  const metrics::Interval top1 = metrics::proportion_interval(right, images);
  const metrics::Interval drop = metrics::drop_interval(step.against_float);
  std::string text = fmt::format(
      "{} right of {} (float {}), top-1 {:.2f} % (95 % interval {:.2f} to {:.2f}), a drop of {:.2f} points ({:.2f} to "
      "{:.2f})",
      right, images, float_accuracy.right(), 100.0 * static_cast<double>(right) / static_cast<double>(images),
      100.0 * top1.low, 100.0 * top1.high, step.drop_points(), 100.0 * drop.low, 100.0 * drop.high);
  for (const auto& [who, accuracy] : {std::pair{"", &step.accuracy}, std::pair{"the float model ", &float_accuracy}}) {
    if (accuracy->not_finite == 0) continue;
    text += fmt::format("; {}gave scores that are no numbers on {} images, which count as wrong", who,
                        accuracy->not_finite);
  }
  return text;
}

std::string limit_sentence(const variants::MixedResult& result, double max_drop) {
  if (!result.reached) return fmt::format(", more than the {:g} allowed whatever is kept in float", max_drop);
  if (!result.verdict || result.verdict->answer == metrics::MarginAnswer::kYes) return {};
  const auto more = result.verdict->more_images;
  return fmt::format(", which these images do not prove to be within {:g} on others{}", max_drop,
                     more ? fmt::format(": about {} more would tell", *more) : "");
}

void write_variants(const std::filesystem::path& folder, const std::vector<MadeVariant>& made) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem) {
    throw Error(ErrorCode::kIo, "the output folder '{}' cannot be made: {}", folder.string(), problem.message());
  }
  for (const MadeVariant& variant : made) {
    if (variant.nothing_done.empty()) write_file_atomic(variant.path, variant.bytes);
  }
}

std::string made_table(const std::filesystem::path& original, const FileDigest& original_file,
                       const std::vector<MadeVariant>& made, const reports::ConsoleStyle& style) {
  reports::Table table({{"file", true, 0, kShortestName},
                        {"bytes"},
                        {"of original"},
                        {"zstd bytes", false, 1},
                        {"of original's zstd", false, 1}});
  const Sizes whole{original_file.bytes, original_file.zstd_bytes};
  add_row(table, original.filename().string(), whole, whole);
  for (const MadeVariant& variant : made) {
    if (!variant.nothing_done.empty()) continue;
    add_row(table, variant.path.filename().string(), sizes_of(variant.bytes), whole);
  }
  std::string text = table.draw(style.width, style.colour).lines;
  for (const MadeVariant& variant : made) {
    if (!variant.nothing_done.empty()) text += fmt::format("{}: not written: {}\n", variant.name, variant.nothing_done);
    for (const std::string& note : variant.notes) text += fmt::format("{}: {}\n", variant.name, note);
  }
  for (const MadeVariant& variant : made) {
    if (variant.errors.empty()) continue;
    text += fmt::format("\n{}: where the error comes from\n", variant.name);
    text += layer_table(variant.errors, kReportRows, style);
  }
  return text;
}

nlohmann::ordered_json made_json(const std::filesystem::path& original, const FileDigest& original_file,
                                 const std::vector<MadeVariant>& made) {
  const Sizes whole{original_file.bytes, original_file.zstd_bytes};
  nlohmann::ordered_json json = {
      {"original", {{"path", original.string()}, {"bytes", whole.bytes}, {"zstd_bytes", whole.zstd}}},
      {"variants", nlohmann::ordered_json::array()},
      {"not_written", nlohmann::ordered_json::array()}};
  for (const MadeVariant& variant : made) {
    if (!variant.nothing_done.empty()) {
      json["not_written"].push_back({{"variant", variant.name}, {"why", variant.nothing_done}});
      continue;
    }
    const Sizes own = sizes_of(variant.bytes);
    nlohmann::ordered_json entry = {{"variant", variant.name}, {"path", variant.path.string()},
                                    {"bytes", own.bytes},      {"ratio", ratio(own.bytes, whole.bytes)},
                                    {"zstd_bytes", own.zstd},  {"zstd_ratio", ratio(own.zstd, whole.zstd)},
                                    {"notes", variant.notes}};
    if (!variant.errors.empty()) entry["ops"] = layer_json(variant.errors);
    json["variants"].push_back(std::move(entry));
  }
  return json;
}

}  // namespace qbench::app
