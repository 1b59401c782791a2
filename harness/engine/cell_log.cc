// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/cell_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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
  record.model.sha256 = json.at("model_sha256").get<std::string>();
  return record;
}

}  // namespace

CellLog::CellLog(const std::filesystem::path& path) : path_(path) {
  fd_ = UniqueFd(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
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
    if (json.contains("lane")) {
      auto lane = json.at("lane").get<LaneRecord>();
      lanes_[{cell, lane.batch}] = std::move(lane);
    } else if (json.contains("sustained")) {
      sustained_[cell] = json.at("sustained").get<SustainedRecord>();
    } else if (json.contains("recipe")) {
      recipes_[cell] = recipe_from(cell, json.at("recipe"));
    } else {
      accuracies_[cell] = json.at("accuracy").get<AccuracyRecord>();
    }
  } catch (const std::exception& error) {
    warnings_.push_back(
        fmt::format("'{}' holds a line that cannot be read ({}); it is ignored", path_.string(), error.what()));
  }
}

void CellLog::append_lane(const std::string& cell, const LaneRecord& lane) {
  append_line(
      nlohmann::json{{"cell", cell}, {"lane", lane}}.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

void CellLog::append_accuracy(const std::string& cell, const AccuracyRecord& accuracy) {
  append_line(nlohmann::json{{"cell", cell}, {"accuracy", accuracy}}.dump(-1, ' ', false,
                                                                          nlohmann::json::error_handler_t::replace));
}

void CellLog::append_recipe(const CellRecord& cell) {
  const nlohmann::json recipe = {{"recipe", to_json(cell.recipe)},
                                 {"reason", cell.recipe_reason},
                                 {"source", recipe_source_name(cell.recipe_source)},
                                 {"trial", cell.recipe_trial.value_or(RecipeTrialRecord())},
                                 {"model_sha256", cell.model.sha256}};
  append_line(nlohmann::json{{"cell", cell.id}, {"recipe", recipe}}.dump(-1, ' ', false,
                                                                         nlohmann::json::error_handler_t::replace));
}

void CellLog::append_sustained(const std::string& cell, const SustainedRecord& sustained) {
  append_line(nlohmann::json{{"cell", cell}, {"sustained", sustained}}.dump(-1, ' ', false,
                                                                            nlohmann::json::error_handler_t::replace));
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

const LaneRecord* CellLog::lane(const std::string& cell, int batch) const {
  const auto found = lanes_.find({cell, batch});
  return found == lanes_.end() ? nullptr : &found->second;
}

const AccuracyRecord* CellLog::accuracy(const std::string& cell) const {
  const auto found = accuracies_.find(cell);
  return found == accuracies_.end() ? nullptr : &found->second;
}

const SustainedRecord* CellLog::sustained(const std::string& cell) const {
  const auto found = sustained_.find(cell);
  return found == sustained_.end() ? nullptr : &found->second;
}

const CellRecord* CellLog::recipe(const std::string& cell) const {
  const auto found = recipes_.find(cell);
  return found == recipes_.end() ? nullptr : &found->second;
}

}  // namespace qbench::engine
