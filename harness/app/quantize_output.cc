// SPDX-License-Identifier: Apache-2.0
#include "harness/app/quantize_output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
#include "harness/app/layer_table.h"
#include "harness/app/variant_tools.h"
#include "reports/table.h"
#include "reports/text.h"

namespace qbench::app {
namespace {

constexpr std::size_t kReportRows = 12;

struct Sizes {
  std::size_t bytes = 0;
  std::size_t zstd = 0;
};

Sizes sizes_of(const models::Bytes& bytes) { return {bytes.size(), zstd_compressed_size(bytes)}; }

double ratio(std::size_t part, std::size_t whole) { return static_cast<double>(part) / static_cast<double>(whole); }

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

void write_variants(const std::filesystem::path& folder, const std::vector<MadeVariant>& made) {
  std::error_code problem;
  std::filesystem::create_directories(folder, problem);
  if (problem) {
    throw Error(ErrorCode::kIo, "the output folder '{}' cannot be made: {}", folder.string(), problem.message());
  }
  for (const MadeVariant& variant : made) write_file_atomic(variant.path, variant.bytes);
}

std::string made_table(const std::filesystem::path& original, const models::Bytes& original_bytes,
                       const std::vector<MadeVariant>& made, const reports::ConsoleStyle& style) {
  reports::Table table({{"file", true, 0, kShortestName},
                        {"bytes"},
                        {"of original"},
                        {"zstd bytes", false, 1},
                        {"of original's zstd", false, 1}});
  const Sizes whole = sizes_of(original_bytes);
  add_row(table, original.filename().string(), whole, whole);
  for (const MadeVariant& variant : made) {
    add_row(table, variant.path.filename().string(), sizes_of(variant.bytes), whole);
  }
  std::string text = table.draw(style.width, style.colour).lines;
  for (const MadeVariant& variant : made) {
    for (const std::string& note : variant.notes) text += fmt::format("{}: {}\n", variant.name, note);
  }
  for (const MadeVariant& variant : made) {
    if (variant.errors.empty()) continue;
    text += fmt::format("\n{}: where the error comes from\n", variant.name);
    text += layer_table(variant.errors, kReportRows, style);
  }
  return text;
}

nlohmann::ordered_json made_json(const std::filesystem::path& original, const models::Bytes& original_bytes,
                                 const std::vector<MadeVariant>& made) {
  const Sizes whole = sizes_of(original_bytes);
  nlohmann::ordered_json json = {
      {"original", {{"path", original.string()}, {"bytes", whole.bytes}, {"zstd_bytes", whole.zstd}}},
      {"variants", nlohmann::ordered_json::array()}};
  for (const MadeVariant& variant : made) {
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
