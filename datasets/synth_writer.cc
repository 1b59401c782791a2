// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <exception>
#include <mutex>
#include <nlohmann/json.hpp>
#include <span>
#include <thread>

#include "core/error.h"
#include "core/files.h"
#include "core/json_file.h"
#include "core/usable_cpus.h"
#include "datasets/synth.h"

namespace qbench::datasets {
namespace {

namespace fs = std::filesystem;

constexpr const char* kManifestName = ".qbench-synth.json";
// Raised whenever the pictures of a seed change.
constexpr int kGenerator = 1;

struct Manifest {
  std::uint64_t seed = 0;
  int size = 0;
  std::size_t count = 0;
  bool complete = false;
};

void save_manifest(const fs::path& folder, const Manifest& manifest) {
  const nlohmann::ordered_json json{{"generator", kGenerator},       {"seed", manifest.seed},
                                    {"size", manifest.size},         {"count", manifest.count},
                                    {"complete", manifest.complete}, {"classes", synthetic_class_names()}};
  write_file_atomic(folder / kManifestName, json.dump(2) + "\n");
}

[[noreturn]] void refuse(const fs::path& folder, const std::string& why) {
  throw Error(ErrorCode::kDataset, "'{}' {}: give an empty or new folder for the synthetic set", folder.string(), why);
}

Manifest read_manifest(const fs::path& folder) {
  constexpr std::uint64_t kMaxBytes = 1 << 16;
  const auto json = try_parse_json(read_text_file(folder / kManifestName, kMaxBytes)).value_or(nullptr);
  try {
    if (json.at("generator").get<int>() != kGenerator) refuse(folder, "was written by another qbench");
    return {json.at("seed").get<std::uint64_t>(), json.at("size").get<int>(), json.at("count").get<std::size_t>(),
            json.at("complete").get<bool>()};
  } catch (const nlohmann::json::exception&) {
    refuse(folder, "has a damaged description (.qbench-synth.json)");
  }
}

bool folder_is_empty(const fs::path& folder) {
  std::error_code error;
  const bool empty = fs::is_empty(folder, error);
  if (error) throw Error(ErrorCode::kIo, "cannot read folder '{}': {}", folder.string(), error.message());
  return empty;
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw Error(ErrorCode::kIo, "cannot make folder '{}': {}", folder.string(), error.message());
}

// Makes sure that the folder is new, empty or holds a part of the wanted set; leaves it with an up-to-date manifest.
void open_folder(const fs::path& folder, const Manifest& wanted) {
  make_folder(folder);
  std::error_code error;
  if (fs::exists(folder / kManifestName, error)) {
    const Manifest found = read_manifest(folder);
    if (found.seed != wanted.seed) refuse(folder, fmt::format("holds the set of seed {}", found.seed));
    if (found.size != wanted.size) refuse(folder, fmt::format("holds images of {0}x{0} pixels", found.size));
    if (found.count > wanted.count) refuse(folder, fmt::format("holds a set of {} images", found.count));
    if (found.complete && found.count == wanted.count) return;
  } else if (!folder_is_empty(folder)) {
    refuse(folder, "is not empty");
  }
  save_manifest(folder, wanted);
  for (const std::string& name : synthetic_class_names()) make_folder(folder / name);
}

fs::path image_path(const fs::path& folder, std::size_t index) {
  const auto label = static_cast<std::size_t>(synthetic_label(index));
  return folder / synthetic_class_names()[label] / fmt::format("{:06}.jpg", index);
}

// A rename without a sync can survive a power cut as an empty or zero-filled file: look at the JPEG's two ends.
bool is_whole_jpeg(const fs::path& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::array<unsigned char, 2> head{};
  std::array<unsigned char, 2> tail{};
  if (!fd || ::read(fd.get(), head.data(), 2) != 2) return false;
  if (::lseek(fd.get(), -2, SEEK_END) < 0 || ::read(fd.get(), tail.data(), 2) != 2) return false;
  return head[0] == 0xFF && head[1] == 0xD8 && tail[0] == 0xFF && tail[1] == 0xD9;
}

void write_image(const fs::path& path, std::span<const std::uint8_t> bytes) {
  // Not write_file_atomic: two syncs an image cost minutes on an SD card; one syncfs at the end does for all.
  // Hidden, so that one left by a kill is no image of the set.
  const fs::path temporary = path.parent_path() / fmt::format(".{}.part", path.filename().string());
  const UniqueFd fd(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!fd) throw Error(ErrorCode::kIo, "cannot write '{}': {}", path.string(), errno_text(errno));
  try {
    write_all(fd.get(), std::as_bytes(bytes), path.string());
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
      throw Error(ErrorCode::kIo, "cannot rename '{}': {}", temporary.string(), errno_text(errno));
    }
  } catch (...) {
    ::unlink(temporary.c_str());
    throw;
  }
}

void sync_file_system(const fs::path& folder) {
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd || ::syncfs(fd.get()) != 0) {
    throw Error(ErrorCode::kIo, "cannot write out '{}': {}", folder.string(), errno_text(errno));
  }
}

// One writing job shared by several threads.
class SetWriter {
 public:
  SetWriter(const fs::path& folder, std::size_t count, std::uint64_t seed, const SyntheticSetOptions& options)
      : folder_(folder), count_(count), seed_(seed), options_(options) {}

  SyntheticSetResult run(int jobs) {
    std::vector<std::jthread> helpers;
    for (int i = 1; i < jobs; ++i) helpers.emplace_back([this] { work(); });
    work();
    for (std::jthread& helper : helpers) helper.join();
    if (failure_) std::rethrow_exception(failure_);
    return {count_ - kept_, kept_};
  }

 private:
  void work() noexcept {
    try {
      for (std::size_t index = next_++; index < count_ && !stop_; index = next_++) {
        make(index);
        const std::scoped_lock lock(mutex_);
        ++done_;
        if (options_.progress) options_.progress(done_, count_);
      }
    } catch (...) {
      const std::scoped_lock lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
      stop_ = true;
    }
  }

  void make(std::size_t index) {
    const fs::path path = image_path(folder_, index);
    if (is_whole_jpeg(path)) {
      ++kept_;
    } else {
      write_image(path, encode_synthetic(seed_, index, options_.size));
    }
  }

  const fs::path& folder_;
  const std::size_t count_;
  const std::uint64_t seed_;
  const SyntheticSetOptions& options_;

  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::size_t> kept_ = 0;
  std::atomic<bool> stop_ = false;
  std::mutex mutex_;  ///< guards the two below and the progress callback
  std::size_t done_ = 0;
  std::exception_ptr failure_;
};

}  // namespace

SyntheticSetResult write_synthetic_set(const fs::path& folder, std::size_t count, std::uint64_t seed,
                                       const SyntheticSetOptions& options) {
  if (count == 0) throw Error(ErrorCode::kUsage, "a synthetic set needs at least one image: give a count above 0");
  (void)render_synthetic(seed, 0, options.size);  // refuses a bad size before anything is written
  Manifest manifest{seed, options.size, count, false};
  open_folder(folder, manifest);
  const SyntheticSetResult result =
      SetWriter(folder, count, seed, options).run(options.jobs > 0 ? options.jobs : usable_cpus());
  sync_file_system(folder);
  manifest.complete = true;
  save_manifest(folder, manifest);
  return result;
}

}  // namespace qbench::datasets
