// SPDX-License-Identifier: Apache-2.0
#include "datasets/cifar_dataset.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/files.h"
#include "datasets/class_map.h"
#include "datasets/class_text.h"
#include "datasets/image_file_dataset.h"
#include "datasets/label_file.h"
#include "datasets/label_meeting.h"
#include "datasets/sample_order.h"

namespace qbench::datasets {
namespace {

namespace fs = std::filesystem;

constexpr int kSide = 32;
constexpr std::size_t kPlaneBytes = std::size_t{kSide} * kSide;
constexpr std::size_t kRecordBytes = 1 + 3 * kPlaneBytes;
constexpr std::uint64_t kMaxBatchBytes = 1ULL << 30U;
constexpr std::size_t kRecordsAtATime = 256;
constexpr std::string_view kTestBatch = "test_batch.bin";

struct Record {
  std::size_t batch = 0;
  std::uint64_t offset = 0;
};

struct Batch {
  std::string name;
  UniqueFd fd;
};

class CifarDataset : public Dataset {
 public:
  CifarDataset(std::vector<Batch> batches, std::vector<Record> records, std::vector<Sample> samples,
               std::vector<std::string> class_names, DatasetFacts facts)
      : batches_(std::move(batches)),
        records_(std::move(records)),
        samples_(std::move(samples)),
        class_names_(std::move(class_names)),
        facts_(std::move(facts)) {}

  [[nodiscard]] std::string kind() const override { return "cifar"; }
  [[nodiscard]] const std::vector<Sample>& samples() const override { return samples_; }
  [[nodiscard]] const std::vector<std::string>& class_names() const override { return class_names_; }

  [[nodiscard]] const DatasetFacts& facts() const override { return facts_; }
  [[nodiscard]] UniqueFd open(std::size_t /*index*/) const override { return {}; }
  [[nodiscard]] std::vector<int> shared_files() const override {
    std::vector<int> files;
    for (const Batch& batch : batches_) files.push_back(batch.fd.get());
    return files;
  }
  [[nodiscard]] std::vector<std::byte> read(std::size_t index, int /*file*/) const override {
    const Record& record = records_.at(index);
    const Batch& batch = batches_[record.batch];
    std::vector<std::byte> data(kRecordBytes);
    const ssize_t got = ::pread(batch.fd.get(), data.data(), data.size(), static_cast<off_t>(record.offset));
    if (got != static_cast<ssize_t>(data.size())) throw Error(ErrorCode::kIo, "'{}' cannot be read", batch.name);
    return data;
  }
  [[nodiscard]] LoadResult decode(std::size_t /*index*/, std::span<const std::byte> stored,
                                  bool /*apply_exif*/) const override {
    LoadResult result;
    result.image = {
        .height = kSide, .width = kSide, .channels = 3, .pixels = std::vector<std::uint8_t>(3 * kPlaneBytes)};
    for (std::size_t pixel = 0; pixel < kPlaneBytes; ++pixel) {
      for (std::size_t c = 0; c < 3; ++c) {
        result.image.pixels[pixel * 3 + c] = std::to_integer<std::uint8_t>(stored[1 + c * kPlaneBytes + pixel]);
      }
    }
    return result;
  }

 private:
  std::vector<Batch> batches_;
  std::vector<Record> records_;
  std::vector<Sample> samples_;
  std::vector<std::string> class_names_;
  DatasetFacts facts_;
};

std::vector<fs::path> batch_files(const fs::path& path) {
  if (!fs::is_directory(path)) return {path};
  if (fs::exists(path / kTestBatch)) return {path / kTestBatch};
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(path)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("data_batch_") && name.ends_with(".bin")) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    throw Error(ErrorCode::kDataset, "'{}' holds neither {} nor data_batch_*.bin", path.string(), kTestBatch);
  }
  return files;
}

std::vector<std::string> class_names(const DatasetOptions& options, const fs::path& first_batch) {
  if (!options.labels_file.empty()) return read_label_file(options.labels_file);
  const fs::path meta = first_batch.parent_path() / "batches.meta.txt";
  if (fs::exists(meta)) return read_label_file(meta);
  return {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"};
}

/// Every record of the batches, before a limit.
struct CifarListing {
  std::vector<Batch> batches;
  std::vector<Record> records;
  std::vector<Sample> samples;
};

/// The label byte of each record, a few hundred records in memory at a time.
std::vector<std::uint8_t> read_labels(const UniqueFd& fd, const fs::path& file) {
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0 || !S_ISREG(info.st_mode)) {
    throw Error(ErrorCode::kDataset, "CIFAR batch: '{}' is not a regular file", file.string());
  }
  const auto bytes = static_cast<std::uint64_t>(info.st_size);
  if (bytes == 0 || bytes % kRecordBytes != 0 || bytes > kMaxBatchBytes) {
    throw Error(ErrorCode::kDataset, "'{}' has {} bytes, which is no whole number of {}-byte CIFAR-10 records",
                file.string(), bytes, kRecordBytes);
  }
  std::vector<std::uint8_t> labels;
  std::vector<std::uint8_t> piece(kRecordsAtATime * kRecordBytes);
  while (labels.size() < bytes / kRecordBytes) {
    const std::size_t count = std::min(kRecordsAtATime, bytes / kRecordBytes - labels.size());
    const auto offset = static_cast<off_t>(labels.size() * kRecordBytes);
    const ssize_t got = ::pread(fd.get(), piece.data(), count * kRecordBytes, offset);
    if (got != static_cast<ssize_t>(count * kRecordBytes)) {
      throw Error(ErrorCode::kDataset, "CIFAR batch: '{}' cannot be read", file.string());
    }
    for (std::size_t i = 0; i < count; ++i) labels.push_back(piece[i * kRecordBytes]);
  }
  return labels;
}

void add_batch(const fs::path& file, std::size_t classes, CifarListing& listing) {
  UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) throw Error(ErrorCode::kDataset, "CIFAR batch: cannot read '{}': {}", file.string(), errno_text(errno));
  const std::string name = to_utf8(file.filename().string());
  const std::vector<std::uint8_t> labels = read_labels(fd, file);
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (labels[i] >= classes) {
      throw Error(ErrorCode::kDataset, "'{}' record {}: label {} is out of range, there are {} classes", file.string(),
                  i, labels[i], classes);
    }
    listing.records.push_back({.batch = listing.batches.size(), .offset = i * kRecordBytes});
    listing.samples.push_back({.id = fmt::format("{}#{}", name, i), .label = labels[i]});
  }
  listing.batches.push_back({.name = name, .fd = std::move(fd)});
}

/// The model's labels may be the set's in another order; labels that are not the set's say nothing about its numbers.
ClassMap map_numbers(const std::vector<std::string>& names, const DatasetOptions& options) {
  OwnClasses own{.owner = fmt::format("'{}'", options.path.string()), .names = names};
  own.where.assign(names.size(), own.owner);
  ClassMap map{
      .names = names, .index = std::vector<int>(names.size()), .facts = {.label_offset = options.label_offset}};
  std::iota(map.index.begin(), map.index.end(), 0);
  if (!options.labels_file.empty()) return map;
  try {
    if (std::optional<ClassMap> met = meet_labels(own, options)) {
      met->facts.label_offset = options.label_offset;
      return std::move(*met);
    }
  } catch (const Error&) {
    map.facts.notes.push_back(fmt::format("{} names other classes than the set ({}): the set's numbers count",
                                          options.model_labels_source, quoted_list(options.model_labels)));
  }
  return map;
}

}  // namespace

bool looks_like_cifar(const std::filesystem::path& folder) {
  return fs::exists(folder / kTestBatch) || fs::exists(folder / "data_batch_1.bin");
}

std::unique_ptr<Dataset> open_cifar_dataset(const DatasetOptions& options) {
  const std::vector<fs::path> files = batch_files(options.path);
  ClassMap map = map_numbers(class_names(options, files.front()), options);
  CifarListing listing;
  for (const fs::path& file : files) add_batch(file, map.index.size(), listing);
  for (Sample& sample : listing.samples) sample.label = map.index[static_cast<std::size_t>(sample.label)];
  std::vector<int> labels;
  for (const Sample& sample : listing.samples) labels.push_back(sample.label);
  std::vector<Record> records;
  std::vector<Sample> samples;
  for (const std::size_t i : select_samples(labels, options.limit, options.limit_seed)) {
    records.push_back(listing.records[i]);
    samples.push_back(std::move(listing.samples[i]));
  }
  return std::make_unique<CifarDataset>(std::move(listing.batches), std::move(records), std::move(samples),
                                        std::move(map.names), std::move(map.facts));
}

}  // namespace qbench::datasets
