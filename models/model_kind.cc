// SPDX-License-Identifier: Apache-2.0
#include "models/model_kind.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <vector>

#include "core/error.h"
#include "core/files.h"
#include "core/printable.h"
#include "models/file_marks.h"
#include "models/packed_files.h"

namespace qbench::models {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostEntries = 1000;

std::string special_file(mode_t mode) {
  if (S_ISFIFO(mode)) return "pipe";
  if (S_ISSOCK(mode)) return "socket";
  return "device";
}

/// Nothing but a SavedModel is a model that is a folder; one .tflite file in it is named.
ModelFile kind_of_folder(const fs::path& folder) {
  std::error_code error;
  if (fs::exists(folder / "saved_model.pb", error) || fs::exists(folder / "saved_model.pbtxt", error)) {
    return {ModelKind::kSavedModel, ""};
  }
  ModelFile file{ModelKind::kFolder, ""};
  std::size_t models = 0;
  std::size_t looked_at = 0;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (++looked_at > kMostEntries) break;
    if (entry->path().extension() != ".tflite") continue;
    ++models;
    file.detail = printable_name(entry->path().filename().string());
  }
  if (models != 1) file.detail.clear();
  return file;
}

/// By the names of the files inside.
ModelFile kind_of_zip(const fs::path& path) {
  const std::vector<std::string> names = packed_file_names(path);
  const auto has = [&names](std::string_view end) {
    return std::any_of(names.begin(), names.end(), [end](const std::string& name) { return name.ends_with(end); });
  };
  const auto is = [&names](std::string_view whole) {
    return std::find(names.begin(), names.end(), whole) != names.end();
  };
  if (is("model.weights.h5") || (is("config.json") && is("metadata.json"))) return {ModelKind::kKerasArchive, ""};
  if (has("/data.pkl") || has("/constants.pkl")) return {ModelKind::kTorch, ""};
  const auto model =
      std::find_if(names.begin(), names.end(), [](const std::string& name) { return name.ends_with(".tflite"); });
  if (model != names.end()) return {ModelKind::kModelInArchive, printable_name(*model)};
  return {ModelKind::kArchive, "zip"};
}

std::string head_of(int fd, const fs::path& path) {
  std::string head(kHeadBytes, '\0');
  const ssize_t got = ::pread(fd, head.data(), head.size(), 0);
  if (got < 0) throw Error(ErrorCode::kIo, "reading '{}' failed: {}", path.string(), errno_text(errno));
  head.resize(static_cast<std::size_t>(got));
  return head;
}

}  // namespace

ModelFile sniff_model(const fs::path& path) {
  // Judged before it is opened, since opening alone can act on a device; non-blocking, should it be swapped meanwhile.
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) {
    throw Error(ErrorCode::kIo, "{}: {}", path.string(), errno_text(errno));
  }
  if (S_ISDIR(info.st_mode)) return kind_of_folder(path);
  if (!S_ISREG(info.st_mode)) return {ModelKind::kSpecialFile, special_file(info.st_mode)};
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) throw Error(ErrorCode::kIo, "{}: {}", path.string(), errno_text(errno));
  if (::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) return {ModelKind::kSpecialFile, "special file"};
  if (info.st_size == 0) return {ModelKind::kEmpty, ""};
  const std::string head = head_of(fd.get(), path);
  const auto size = static_cast<std::uint64_t>(info.st_size);
  if (auto file = kind_by_mark(head, size)) return file->detail == "zip" ? kind_of_zip(path) : *file;
  if (auto file = kind_by_text(head)) return *file;
  return kind_by_fields(fd.get(), size, head).value_or(ModelFile());
}

void require_tflite(const fs::path& path) {
  const ModelFile file = sniff_model(path);
  if (file.kind == ModelKind::kTflite) return;
  throw Error(ErrorCode::kModel, "{}: {}", path.string(), refusal_of(file, path));
}

}  // namespace qbench::models
