// SPDX-License-Identifier: Apache-2.0
#include "harness/app/result_folder.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <system_error>

#include "core/error.h"
#include "core/file_name.h"

namespace qbench::app {
namespace {

namespace fs = std::filesystem;

fs::path default_folder(const Board& board, const std::string& plan_name) {
  std::tm parts{};
  const std::time_t now = std::time(nullptr);
  ::gmtime_r(&now, &parts);
  const std::string name = safe_file_name(plan_name.empty() ? "run" : plan_name);
  return fs::path("results") / fmt::format("{:%Y%m%dT%H%M%SZ}-{}-{}", parts, safe_file_name(board.id), name);
}

bool holds_results(const fs::path& folder) {
  std::error_code gone;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, gone)) {
    if (entry.path().filename() != FolderLock::kFile) return true;
  }
  return false;
}

void require_new(const fs::path& folder) {
  std::error_code ignored;
  if (!fs::exists(folder, ignored) || !holds_results(folder)) return;
  throw Error(ErrorCode::kIo, "the result folder '{}' is not empty; name another with -o or go on with --resume",
              folder.string());
}

void make_writable(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error || ::access(folder.c_str(), W_OK) != 0) {
    throw Error(ErrorCode::kIo, "cannot write into '{}': {}; name another folder with -o", folder.string(),
                error ? error.message() : "no permission");
  }
}

void refuse_links(const fs::path& folder) {
  std::error_code error;
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (!entry->is_symlink()) continue;
    throw Error(ErrorCode::kUsage, "'{}' is a link; none is followed in a result folder: delete it first",
                entry->path().string());
  }
  if (error) throw Error(ErrorCode::kIo, "cannot read '{}': {}", folder.string(), error.message());
}

/// Decoded pixels, scores and half-written files: what a run removes when it ends in order.
bool is_leftover(const std::string& name) {
  constexpr std::string_view kTemporary = ".tmp-XXXXXX";
  if (name.starts_with("images-") && name.ends_with(".qtc")) return true;
  return name.size() > kTemporary.size() && name.compare(name.size() - kTemporary.size(), 5, ".tmp-") == 0;
}

void remove_leftovers(const fs::path& folder) {
  for (const fs::path& place : {folder, folder / "predictions"}) {
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(place, ignored)) {
      if (entry.is_regular_file(ignored) && is_leftover(entry.path().filename().string())) {
        fs::remove(entry.path(), ignored);
      }
    }
  }
}

}  // namespace

ResultFolder ResultFolder::create(const fs::path& wanted, const Board& board, const std::string& plan_name) {
  const fs::path path = wanted.empty() ? default_folder(board, plan_name) : wanted;
  require_new(path);  // before it is locked: what holds something else gets no file of ours
  make_writable(path);
  ResultFolder folder(path);
  require_new(path);
  return folder;
}

ResultFolder ResultFolder::reopen(const fs::path& path) {
  std::error_code ignored;
  if (!fs::is_directory(path, ignored)) {
    throw Error(ErrorCode::kIo, "there is no result folder '{}'", path.string());
  }
  ResultFolder folder(path);
  refuse_links(path);
  remove_leftovers(path);
  return folder;
}

ResultFolder ResultFolder::within(const ResultFolder& outer, const std::string& name) {
  make_writable(outer.path_ / name);
  return reopen(outer.path_ / name);
}

}  // namespace qbench::app
