// SPDX-License-Identifier: Apache-2.0
#include "datasets/cache_builder.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <opencv2/core/utility.hpp>
#include <span>
#include <utility>

#include "core/error.h"
#include "datasets/parallel.h"
#include "datasets/piece_writer.h"
#include "datasets/preprocess.h"
#include "datasets/tensor_cache_writer.h"

namespace qbench::datasets {
namespace {

/// Written at a time by one thread: large enough to make the system call free, small enough to share the work evenly.
constexpr std::size_t kChunkBytes = 1U << 20U;
constexpr std::size_t kMaxChunkImages = 32;
/// Chunks in memory that wait for the file, besides those that are being filled.
constexpr std::size_t kMostWaiting = 8;

/// The threads below each work on an image of their own; OpenCV's inner threads would only get in their way.
class SerialOpenCv {
 public:
  SerialOpenCv() : threads_(cv::getNumThreads()) { cv::setNumThreads(1); }
  ~SerialOpenCv() { cv::setNumThreads(threads_); }
  SerialOpenCv(const SerialOpenCv&) = delete;
  SerialOpenCv& operator=(const SerialOpenCv&) = delete;

 private:
  int threads_;
};

class CacheBuild {
 public:
  CacheBuild(const Dataset& dataset, const SampleRange& range, const Recipe& recipe, const PixelShape& shape,
             const std::filesystem::path& path)
      : dataset_(dataset),
        range_(range),
        recipe_(recipe),
        shape_(shape),
        writer_(path, shape, range.count),
        entries_(range.count) {}

  CacheBuildReport run(const CacheBuildOptions& options) {
    ParallelOptions parallel{
        .jobs = options.jobs, .chunk = chunk_images(), .progress = options.progress, .stop = options.stop};
    if (options.fingerprint != nullptr) content_hashes_.resize(range_.count);
    buffers_.resize(static_cast<std::size_t>(effective_jobs(options.jobs, range_.count)));
    PieceWriter pieces(writer_, std::min(buffers_.size(), kMostWaiting));
    const ParallelReport done =
        parallel_chunks(range_.count, parallel, [&](std::size_t worker, std::size_t begin, std::size_t end) {
          make_chunk(buffers_[worker], begin, end);
          pieces.write(begin, buffers_[worker]);
        });
    if (!done.stopped) finish(options.fingerprint);
    report_.distorted = distorted_;
    report_.cancelled = done.stopped;
    report_.jobs = done.jobs;
    report_.wall_seconds = done.wall_seconds;
    report_.cpu_seconds = done.cpu_seconds;
    return std::move(report_);
  }

 private:
  [[nodiscard]] std::size_t chunk_images() const {
    return std::clamp<std::size_t>(kChunkBytes / shape_.bytes(), 1, kMaxChunkImages);
  }

  void make_chunk(std::vector<std::uint8_t>& buffer, std::size_t begin, std::size_t end) {
    const std::size_t image_bytes = shape_.bytes();
    buffer.resize((end - begin) * image_bytes);
    for (std::size_t i = begin; i < end; ++i) {
      make_image(i, std::span(buffer).subspan((i - begin) * image_bytes, image_bytes));
    }
  }

  void make_image(std::size_t i, std::span<std::uint8_t> out) {
    const std::size_t index = range_.first + i;
    LoadResult loaded = dataset_.load(index, recipe_.apply_exif);
    if (loaded.ok() && is_distorted(loaded.image)) ++distorted_;
    if (loaded.ok()) loaded.skip_reason = preprocess(loaded.image, recipe_, shape_, out);
    if (!content_hashes_.empty()) content_hashes_[i] = std::move(loaded.content_sha256);
    entries_[i] = {.label = dataset_.samples()[index].label, .ok = loaded.ok()};
    if (loaded.ok() && !loaded.reoriented) return;
    const std::lock_guard lock(report_mutex_);
    if (loaded.ok()) {
      report_.reoriented.push_back(index);
      return;
    }
    std::fill(out.begin(), out.end(), std::uint8_t{0});
    report_.skipped.push_back(
        {.index = index, .id = dataset_.samples()[index].id, .reason = std::move(loaded.skip_reason)});
  }

  /// Stretching gives it another ratio of its sides, by more than a twentieth.
  [[nodiscard]] bool is_distorted(const Image& image) const {
    if (recipe_.resize != Recipe::Resize::kStretch) return false;
    const std::int64_t own = std::int64_t{image.width} * shape_.height;
    const std::int64_t wanted = std::int64_t{image.height} * shape_.width;
    return 20 * std::abs(own - wanted) > std::max(own, wanted);
  }

  void finish(DatasetFingerprint* fingerprint) {
    writer_.finish(entries_);
    std::sort(report_.skipped.begin(), report_.skipped.end(),
              [](const SkippedSample& a, const SkippedSample& b) { return a.index < b.index; });
    std::sort(report_.reoriented.begin(), report_.reoriented.end());
    report_.ok_count = range_.count - report_.skipped.size();
    if (fingerprint == nullptr) return;
    for (std::size_t i = 0; i < range_.count; ++i) {
      fingerprint->add(dataset_.samples()[range_.first + i], content_hashes_[i]);
    }
  }

  const Dataset& dataset_;
  const SampleRange range_;
  const Recipe& recipe_;
  const PixelShape shape_;
  TensorCacheWriter writer_;
  SerialOpenCv serial_;

  // One element for each image or thread: written without a lock.
  std::vector<CacheEntry> entries_;
  std::vector<std::string> content_hashes_;
  std::vector<std::vector<std::uint8_t>> buffers_;

  std::atomic<std::size_t> distorted_{0};
  std::mutex report_mutex_;  ///< guards the lists of report_
  CacheBuildReport report_;
};

}  // namespace

CacheBuildReport build_tensor_cache(const Dataset& dataset, const SampleRange& range, const Recipe& recipe,
                                    const PixelShape& shape, const std::filesystem::path& path,
                                    const CacheBuildOptions& options) {
  check_pixel_shape(shape);
  const std::size_t total = dataset.samples().size();
  if (range.count == 0 || range.first >= total || range.count > total - range.first) {
    throw Error(ErrorCode::kDataset, "the dataset has {} samples, not the {} from {} on", total, range.count,
                range.first);
  }
  return CacheBuild(dataset, range, recipe, shape, path).run(options);
}

}  // namespace qbench::datasets
