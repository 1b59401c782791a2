// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/image_store.h"

#include <algorithm>
#include <random>
#include <stop_token>

#include "core/error.h"
#include "core/sha256.h"
#include "datasets/tensor_cache_writer.h"
#include "harness/engine/interrupt.h"

namespace qbench::engine {
namespace {

constexpr std::size_t kNoiseImages = 64;
constexpr std::size_t kSkippedShown = 1000;

std::string file_name(const Recipe& recipe, const datasets::PixelShape& shape) {
  const std::string key =
      fmt::format("{}-{}x{}x{}", recipe_pixel_key(recipe), shape.height, shape.width, shape.channels);
  return "images-" + sha256_hex(key).substr(0, 16) + ".qtc";
}

}  // namespace

ImageStore::ImageStore(const datasets::Dataset* dataset, std::filesystem::path folder, const RunSettings& settings,
                       std::vector<PixelNeed> needs)
    : dataset_(dataset), folder_(std::move(folder)), decode_jobs_(settings.decode_jobs) {
  std::size_t bytes_per_sample = 1;
  for (PixelNeed& need : needs) {
    const std::string name = file_name(need.recipe, need.shape);
    if (needs_.contains(name)) continue;
    bytes_per_sample += need.shape.bytes();
    needs_.emplace(name, std::move(need));
  }
  samples_ = dataset_ != nullptr ? dataset_->samples().size() : kNoiseImages;
  const std::size_t limit = static_cast<std::size_t>(settings.cache_limit_mb) << 20;
  chunk_size_ = std::clamp<std::size_t>(limit / bytes_per_sample, 1, std::max<std::size_t>(samples_, 1));
}

ImageStore::~ImageStore() {
  std::error_code ignored;
  for (const auto& [name, need] : needs_) std::filesystem::remove(folder_ / name, ignored);
}

std::size_t ImageStore::chunks() const noexcept { return (samples_ + chunk_size_ - 1) / chunk_size_; }

datasets::SampleRange ImageStore::chunk(std::size_t index) const noexcept {
  const std::size_t first = index * chunk_size_;
  return {first, std::min(chunk_size_, samples_ - first)};
}

bool ImageStore::load_chunk(std::size_t index, Progress& progress) {
  if (index == loaded_chunk_) return true;
  if (dataset_ == nullptr) {
    build_noise();
    loaded_chunk_ = index;
    return true;
  }
  const bool first_pass = index == chunks_seen_;
  bool first_file = true;
  for (const auto& [name, need] : needs_) {
    const datasets::SampleRange range = chunk(index);
    std::stop_source stop;
    datasets::CacheBuildOptions options;
    options.jobs = decode_jobs_;
    options.stop = stop.get_token();
    options.progress = [&](std::size_t done, std::size_t) {
      progress.advance(range.first + done);
      if (interrupted()) stop.request_stop();
    };
    if (first_pass && first_file) {
      options.fingerprint = &fingerprint_;
      options.repeats = &repeats_;
    }
    progress.begin("decoding images", samples_);
    const auto report =
        datasets::build_tensor_cache(*dataset_, range, need.recipe, need.shape, folder_ / name, options);
    progress.end();
    if (report.cancelled) return false;
    account(report, first_pass && first_file);
    if (first_pass && first_file) {
      const auto cache = datasets::TensorCache::open(folder_ / name);
      entries_.insert(entries_.end(), cache.entries().begin(), cache.entries().end());
    }
    first_file = false;
  }
  loaded_chunk_ = index;
  if (first_pass && ++chunks_seen_ == chunks()) sha256_ = fingerprint_.finish();
  return true;
}

void ImageStore::account(const datasets::CacheBuildReport& report, bool first_pass) {
  cpu_seconds_ += report.cpu_seconds;
  wall_seconds_ += report.wall_seconds;
  reoriented_.insert(report.reoriented.begin(), report.reoriented.end());
  if (!first_pass) return;
  distorted_ += report.distorted;
  if (first_remark_.empty() && !report.remarks.empty()) {
    first_remark_ = fmt::format("'{}': {}", report.remarks[0].id, report.remarks[0].reason);
  }
  remarks_ += report.remarks.size();
  skipped_count_ += static_cast<std::int64_t>(report.skipped.size());
  for (const datasets::SkippedSample& sample : report.skipped) {
    if (skipped_.size() < kSkippedShown) skipped_.push_back({sample.id, sample.reason});
  }
  if (report.ok_count == 0) {
    throw Error(ErrorCode::kDataset, "not one of {} images can be used; the first: '{}': {}", report.skipped.size(),
                report.skipped.empty() ? "" : report.skipped[0].id,
                report.skipped.empty() ? "" : report.skipped[0].reason);
  }
}

void ImageStore::build_noise() {
  std::mt19937_64 random(1);
  entries_.assign(kNoiseImages, {.label = 0, .ok = true});
  for (const auto& [name, need] : needs_) {
    datasets::TensorCacheWriter writer(folder_ / name, need.shape, kNoiseImages);
    std::vector<std::uint8_t> pixels(need.shape.bytes() * kNoiseImages);
    for (std::uint8_t& pixel : pixels) pixel = static_cast<std::uint8_t>(random() >> 56);
    writer.write(0, pixels);
    writer.finish(entries_);
  }
}

std::filesystem::path ImageStore::cache_for(const Recipe& recipe, const datasets::PixelShape& shape) const {
  return folder_ / file_name(recipe, shape);
}

std::vector<std::string> ImageStore::warnings() const {
  std::vector<std::string> lines;
  const auto pair = [this](const datasets::RepeatedImage& image) {
    return fmt::format("'{}' of '{}'", dataset_->samples()[image.index].id, dataset_->samples()[image.original].id);
  };
  if (repeats_.count() > 0) {
    const auto& examples = repeats_.same_class().empty() ? repeats_.other_class() : repeats_.same_class();
    lines.push_back(
        fmt::format("{} of {} images are copies of others ({}): an interval takes each image for a new "
                    "one, so the intervals of the accuracy are narrower than they should be",
                    repeats_.count(), samples_, pair(examples.front())));
  }
  if (repeats_.other_class_count() > 0) {
    lines.push_back(
        fmt::format("{} of the copies are in another class than their original ({}): one of the two labels "
                    "is wrong",
                    repeats_.other_class_count(), pair(repeats_.other_class().front())));
  }
  if (remarks_ > 0) {
    lines.push_back(
        fmt::format("the image libraries remarked on {} of {} images; {}", remarks_, samples_, first_remark_));
  }
  return lines;
}

void ImageStore::describe(DatasetRecord& record) const {
  record.samples = static_cast<std::int64_t>(samples_);
  record.skipped = skipped_count_;
  record.skipped_images = skipped_;
  record.repeats = static_cast<std::int64_t>(repeats_.count());
  record.repeats_of_other_class = static_cast<std::int64_t>(repeats_.other_class_count());
  for (const auto* examples : {&repeats_.other_class(), &repeats_.same_class()}) {
    for (const datasets::RepeatedImage& image : *examples) {
      record.repeated_images.push_back(
          {dataset_->samples()[image.index].id, dataset_->samples()[image.original].id, image.other_class});
    }
  }
  record.reoriented = static_cast<std::int64_t>(reoriented_.size());
  record.sha256 = sha256_;
  const std::size_t decoded = std::max<std::size_t>(entries_.size() * std::max<std::size_t>(needs_.size(), 1), 1);
  record.decode_ms_per_image = cpu_seconds_ * 1e3 / static_cast<double>(decoded);
  record.cache_seconds = wall_seconds_;
}

}  // namespace qbench::engine
