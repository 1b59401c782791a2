// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/cell_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/json_file.h"

namespace qbench::engine {
namespace {

CellRecord recipe_from(const std::string& cell, const nlohmann::json& json) {
  CellRecord record;
  record.id = cell;
  record.recipe = recipe_from_json(json.at("recipe"));
  record.recipe_reason = json.at("reason").get<std::string>();
  record.recipe_source = recipe_source_from(json.at("source").get<std::string>());
  record.recipe_trial = json.at("trial").get<RecipeTrialRecord>();
  record.warnings = json.value("warnings", std::vector<std::string>());
  return record;
}

CellLog::Accuracy accuracy_from(const nlohmann::json& json, const Binding& binding) {
  CellLog::Accuracy accuracy;
  accuracy.record = json.at("accuracy").get<AccuracyRecord>();
  accuracy.binding = binding;
  accuracy.predictions_sha256 = json.value("predictions_sha256", std::string());
  accuracy.warnings = json.value("warnings", std::vector<std::string>());
  return accuracy;
}

/// What is computed from the record afterwards relies on it.
void require_possible(const LaneRecord& lane) {
  for (const BlockRecord& block : lane.blocks) {
    const bool negative = std::ranges::any_of(block.samples_ns, [](std::int64_t sample) { return sample < 0; });
    if (negative) throw Error(ErrorCode::kConfig, "a negative time");
  }
  if (lane.batch < 1) throw Error(ErrorCode::kConfig, "a batch below 1");
}

std::string line_of(const nlohmann::json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

CellLog::CellLog(const std::filesystem::path& path) : path_(path) {
  fd_ = UniqueFd(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!fd_) throw Error(ErrorCode::kIo, "cannot write '{}': {}", path.string(), errno_text(errno));
  read_existing();
}

void CellLog::read_existing() {
  const std::string text = read_text_file(path_);
  std::size_t start = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', start)) {
    read_line(text.substr(start, end - start));
    start = end + 1;
  }
  if (start == text.size()) return;
  const std::filesystem::path torn = path_.string() + ".torn";
  write_file_atomic(torn, std::string_view(text).substr(start));
  if (::ftruncate(fd_.get(), static_cast<off_t>(start)) != 0) {
    throw Error(ErrorCode::kIo, "cannot repair '{}': {}", path_.string(), errno_text(errno));
  }
  warnings_.push_back(fmt::format("'{}' ended in half a line; it was moved to '{}'", path_.string(), torn.string()));
}

void CellLog::read_line(const std::string& line) {
  try {
    const nlohmann::json json = parse_json(line, "it");
    const auto cell = json.at("cell").get<std::string>();
    const auto binding = json.value("binding", Binding());
    if (json.contains("lane")) {
      auto lane = json.at("lane").get<LaneRecord>();
      require_possible(lane);
      lanes_[{cell, lane.batch}] = {std::move(lane), binding};
    } else if (json.contains("sustained")) {
      sustained_[cell] = {json.at("sustained").get<SustainedRecord>(), binding};
    } else if (json.contains("recipe")) {
      recipes_[cell] = {recipe_from(cell, json.at("recipe")), binding};
    } else {
      accuracies_[cell] = accuracy_from(json, binding);
    }
  } catch (const std::exception& error) {
    constexpr std::size_t kMostWarnings = 20;  // a file of other text has a line for each of its own
    if (warnings_.size() >= kMostWarnings) return;
    warnings_.push_back(
        fmt::format("'{}' holds a line that cannot be read ({}); it is ignored", path_.string(), error.what()));
  }
}

void CellLog::append_lane(const std::string& cell, const LaneRecord& lane, const Binding& binding) {
  append_line(line_of({{"cell", cell}, {"binding", binding}, {"lane", lane}}));
}

void CellLog::append_accuracy(const std::string& cell, const Accuracy& accuracy) {
  append_line(line_of({{"cell", cell},
                       {"binding", accuracy.binding},
                       {"predictions_sha256", accuracy.predictions_sha256},
                       {"warnings", accuracy.warnings},
                       {"accuracy", accuracy.record}}));
}

void CellLog::append_recipe(const CellRecord& cell, const Binding& binding) {
  const nlohmann::json recipe = {{"recipe", to_json(cell.recipe)},
                                 {"reason", cell.recipe_reason},
                                 {"source", recipe_source_name(cell.recipe_source)},
                                 {"trial", cell.recipe_trial.value_or(RecipeTrialRecord())},
                                 {"warnings", cell.warnings}};
  append_line(line_of({{"cell", cell.id}, {"binding", binding}, {"recipe", recipe}}));
}

void CellLog::append_sustained(const std::string& cell, const SustainedRecord& sustained, const Binding& binding) {
  append_line(line_of({{"cell", cell}, {"binding", binding}, {"sustained", sustained}}));
}

void CellLog::append_line(std::string line) {
  line.push_back('\n');
  struct stat before {};
  ::fstat(fd_.get(), &before);
  try {
    write_all(fd_.get(), std::as_bytes(std::span(line)), path_.string());
    if (::fdatasync(fd_.get()) != 0) throw Error(ErrorCode::kIo, "syncing '{}': {}", path_.string(), errno_text(errno));
  } catch (const Error&) {
    [[maybe_unused]] const int ignored = ::ftruncate(fd_.get(), before.st_size);  // no half line stays behind
    throw;
  }
}

const CellLog::Logged<LaneRecord>* CellLog::lane(const std::string& cell, int batch) const {
  const auto found = lanes_.find({cell, batch});
  return found == lanes_.end() ? nullptr : &found->second;
}

const CellLog::Accuracy* CellLog::accuracy(const std::string& cell) const {
  const auto found = accuracies_.find(cell);
  return found == accuracies_.end() ? nullptr : &found->second;
}

const CellLog::Logged<SustainedRecord>* CellLog::sustained(const std::string& cell) const {
  const auto found = sustained_.find(cell);
  return found == sustained_.end() ? nullptr : &found->second;
}

const CellLog::Logged<CellRecord>* CellLog::recipe(const std::string& cell) const {
  const auto found = recipes_.find(cell);
  return found == recipes_.end() ? nullptr : &found->second;
}

}  // namespace qbench::engine
