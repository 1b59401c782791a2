// SPDX-License-Identifier: Apache-2.0
#include "datasets/cache_builder.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <opencv2/core/utility.hpp>
#include <span>
#include <utility>

#include "core/error.h"
#include "datasets/decode_samples.h"
#include "datasets/preprocess.h"
#include "datasets/tensor_cache_writer.h"

namespace qbench::datasets {
namespace {

/// The decoders each work on an image of their own; OpenCV's inner threads would only get in their way, and a decoder,
/// which is a fork, would wait for threads that it does not have.
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
    if (options.fingerprint != nullptr || options.repeats != nullptr) content_hashes_.resize(range_.count);
    const DecodeWork work{
        .dataset = &dataset_,
        .apply_exif = recipe_.apply_exif,
        .pixel_bytes = shape_.bytes(),
        .make_pixels = [this](const Image& image,
                              std::span<std::uint8_t> out) { return preprocess(image, recipe_, shape_, out); },
        .limits = options.limits};
    const DecodeReport done =
        decode_samples(work, range_, [this](const DecodedRange& decoded) { take(decoded); },
                       {.jobs = options.jobs, .progress = options.progress, .stop = options.stop});
    if (!done.stopped) finish(options);
    report_.cancelled = done.stopped;
    report_.jobs = done.jobs;
    report_.wall_seconds = done.wall_seconds;
    report_.cpu_seconds = done.cpu_seconds;
    return std::move(report_);
  }

 private:
  void take(const DecodedRange& decoded) {
    writer_.write(decoded.first - range_.first, decoded.pixels);
    for (std::size_t i = 0; i < decoded.samples.size(); ++i) note(decoded.first + i, decoded.samples[i]);
  }

  void note(std::size_t index, const DecodedSample& sample) {
    const Sample& known = dataset_.samples()[index];
    if (!content_hashes_.empty()) content_hashes_[index - range_.first] = sample.content_sha256;
    entries_[index - range_.first] = {.label = known.label, .ok = sample.ok()};
    if (!sample.said.empty()) report_.remarks.push_back({.index = index, .id = known.id, .reason = sample.said});
    if (!sample.ok()) {
      report_.skipped.push_back({.index = index, .id = known.id, .reason = sample.skip_reason});
      return;
    }
    if (sample.reoriented) report_.reoriented.push_back(index);
    if (is_distorted(sample)) ++report_.distorted;
  }

  /// Stretching gives it another ratio of its sides, by more than a twentieth.
  [[nodiscard]] bool is_distorted(const DecodedSample& image) const {
    if (recipe_.resize != Recipe::Resize::kStretch) return false;
    const std::int64_t own = std::int64_t{image.width} * shape_.height;
    const std::int64_t wanted = std::int64_t{image.height} * shape_.width;
    return 20 * std::abs(own - wanted) > std::max(own, wanted);
  }

  void finish(const CacheBuildOptions& options) {
    writer_.finish(entries_);
    for (std::vector<SkippedSample>* list : {&report_.skipped, &report_.remarks}) {
      std::sort(list->begin(), list->end(),
                [](const SkippedSample& a, const SkippedSample& b) { return a.index < b.index; });
    }
    std::sort(report_.reoriented.begin(), report_.reoriented.end());
    report_.ok_count = range_.count - report_.skipped.size();
    for (std::size_t i = 0; i < content_hashes_.size(); ++i) {
      const std::size_t index = range_.first + i;
      const Sample& sample = dataset_.samples()[index];
      if (options.fingerprint != nullptr) options.fingerprint->add(sample, content_hashes_[i]);
      if (options.repeats != nullptr && entries_[i].ok) options.repeats->add(index, sample.label, content_hashes_[i]);
    }
  }

  const Dataset& dataset_;
  const SampleRange range_;
  const Recipe& recipe_;
  const PixelShape shape_;
  TensorCacheWriter writer_;
  SerialOpenCv serial_;

  std::vector<CacheEntry> entries_;
  std::vector<std::string> content_hashes_;
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
