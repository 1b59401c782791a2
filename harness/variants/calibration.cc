// SPDX-License-Identifier: Apache-2.0
#include "harness/variants/calibration.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "harness/variants/byte_stream.h"
#include "harness/variants/child_blocks.h"
#include "models/quantize/expose_activations.h"
#include "models/quantize/range_search.h"
#include "models/tflite_writer.h"

namespace qbench::variants {
namespace {

using models::Graph;
using models::Histogram;
using models::Range;

constexpr std::size_t kBins = 4096;
constexpr double kKeptPercent = 99.99;

/// What is taken down of one activation in the first pass.
struct Seen {
  Range range{std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()};
  bool finite = true;
  double values = 0.0;       ///< of each channel
  std::vector<double> sums;  ///< by channel

  void add(std::span<const float> data) {
    for (std::size_t i = 0; i < data.size(); i += sums.size()) {
      for (std::size_t c = 0; c < sums.size(); ++c) {
        const float value = data[i + c];
        range.min = std::min(range.min, value);
        range.max = std::max(range.max, value);
        sums[c] += value;
      }
    }
    values += static_cast<double>(data.size()) / static_cast<double>(sums.size());
  }

  /// A NaN or an infinity anywhere leaves the sum of its channel not finite.
  void judge() {
    finite = std::all_of(sums.begin(), sums.end(), [](double sum) { return std::isfinite(sum); });
  }

  void add(const Seen& other) {
    range = range.united(other.range);
    finite = finite && other.finite;
    values += other.values;
    for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += other.sums[c];
  }
};

class Calibrator {
 public:
  Calibrator(const Graph& graph, const ImageSet& images, const Execution& execution, engine::Progress& progress)
      : graph_(graph),
        images_(images),
        execution_(execution),
        progress_(progress),
        tensors_(models::activation_tensors(graph)) {
    // Integer results of a float model (indices, shapes) have no range.
    std::erase_if(tensors_, [&graph](int tensor) {
      return graph.tensors[static_cast<std::size_t>(tensor)].type != models::TensorType::kFloat32;
    });
    bytes_ = models::write_tflite(models::expose_activations(graph, tensors_));
  }

  std::vector<Seen> measure_ranges() {
    std::vector<Seen> all = empty_seen();
    for (const std::string& block : run_blocks("measuring ranges", [this](ModelSession&session, std::size_t block) {
           return range_block(session, block);
         })) {
      ByteReader reader(block);
      for (Seen& total : all) total.add(read_seen(reader));
    }
    return all;
  }

  std::vector<Histogram> measure_histograms(const std::vector<Seen>& seen) {
    std::vector<Histogram> all = empty_histograms(seen);
    for (const std::string& block :
         run_blocks("measuring histograms", [this, &seen](ModelSession&session, std::size_t block) {
           return histogram_block(session, block, seen);
         })) {
      ByteReader reader(block);
      for (Histogram& total : all) {
        Histogram part = total;
        part.counts = reader.get_all<std::uint64_t>();
        total.add(part);
      }
    }
    return all;
  }

  [[nodiscard]] const std::vector<int>& tensors() const noexcept { return tensors_; }

 private:
  template <typename Work>
  std::vector<std::string> run_blocks(std::string_view phase, const Work& work) {
    ChildBlocks plan;
    plan.blocks = (images_.count() + kBlockImages - 1) / kBlockImages;
    plan.jobs = execution_.jobs;
    plan.what = "the float model with all activations as outputs";
    plan.limits = execution_.limits;
    plan.progress = [this](std::size_t done) { progress_.advance(std::min(done * kBlockImages, images_.count())); };
    progress_.begin(phase, images_.count());
    std::vector<std::string> results = run_in_children(plan, [this, &work](const Beat& beat) {
      beat_ = beat;
      auto session = std::make_shared<ModelSession>(bytes_, images_.recipe(), images_.view().image, execution_);
      return [session, &work](std::size_t block) { return work(*session, block); };
    });
    progress_.end();
    return results;
  }

  template <typename Add>
  void for_each_output(ModelSession& session, std::size_t block, const Add& add) const {
    const std::size_t end = std::min((block + 1) * kBlockImages, images_.count());
    for (std::size_t image = block * kBlockImages; image < end; ++image) {
      session.run(images_.pixels(image));
      beat_();
      for (std::size_t i = 0; i < tensors_.size(); ++i) add(i, session.output(i));
    }
  }

  std::vector<Seen> empty_seen() const {
    std::vector<Seen> seen(tensors_.size());
    for (std::size_t i = 0; i < seen.size(); ++i) seen[i].sums.assign(models::channels_of(graph_, tensors_[i]), 0.0);
    return seen;
  }

  std::string range_block(ModelSession& session, std::size_t block) const {
    std::vector<Seen> seen = empty_seen();
    for_each_output(session, block, [&seen](std::size_t i, std::span<const float> values) { seen[i].add(values); });
    ByteWriter writer;
    for (Seen& each : seen) {
      each.judge();
      writer.put(each.range);
      writer.put(each.finite);
      writer.put(each.values);
      writer.put_all(each.sums);
    }
    return writer.take();
  }

  static Seen read_seen(ByteReader& reader) {
    Seen seen;
    seen.range = reader.get<Range>();
    seen.finite = reader.get<bool>();
    seen.values = reader.get<double>();
    seen.sums = reader.get_all<double>();
    return seen;
  }

  static std::vector<Histogram> empty_histograms(const std::vector<Seen>& seen) {
    std::vector<Histogram> histograms;
    for (const Seen& each : seen) histograms.push_back(Histogram::over(each.range, kBins));
    return histograms;
  }

  std::string histogram_block(ModelSession& session, std::size_t block, const std::vector<Seen>& seen) const {
    std::vector<Histogram> histograms = empty_histograms(seen);
    for_each_output(session, block, [&histograms](std::size_t i, std::span<const float> values) {
      for (float value : values) histograms[i].add(value);
    });
    ByteWriter writer;
    for (const Histogram& histogram : histograms) writer.put_all(histogram.counts);
    return writer.take();
  }

  const Graph& graph_;
  const ImageSet& images_;
  const Execution& execution_;
  engine::Progress& progress_;
  std::vector<int> tensors_;
  models::Bytes bytes_;
  Beat beat_;  ///< in a child
};

/// Values that the model's input can take: pixels 0 .. 255 under the recipe.
Range input_range(const Recipe& recipe, int channels) {
  Range range;
  for (std::size_t c = 0; c < static_cast<std::size_t>(channels); ++c) {
    const double low = (0.0 - recipe.mean[c]) / recipe.std[c];
    const double high = (255.0 - recipe.mean[c]) / recipe.std[c];
    const Range own{static_cast<float>(std::min(low, high)), static_cast<float>(std::max(low, high))};
    range = c == 0 ? own : range.united(own);
  }
  return range;
}

/// Means of the input tensor's values by its last dimension, which need not be the channels.
std::vector<float> input_means(const ImageSet& images, std::size_t last_dimension) {
  const auto channels = static_cast<std::size_t>(images.view().image.channels);
  const bool planes = images.view().image.order == PixelOrder::kPlanes;
  const Recipe& recipe = images.recipe();
  std::vector<double> sums(last_dimension, 0.0);
  double values = 0.0;
  for (std::size_t image = 0; image < images.count(); ++image) {
    const std::span<const std::uint8_t> pixels = images.pixels(image);
    const std::size_t plane = pixels.size() / channels;
    for (std::size_t i = 0; i < pixels.size(); ++i) {
      const std::size_t c = i % channels;
      const std::size_t position = planes ? c * plane + i / channels : i;
      sums[position % last_dimension] += (pixels[i] - recipe.mean[c]) / recipe.std[c];
    }
    values += static_cast<double>(pixels.size()) / static_cast<double>(last_dimension);
  }
  std::vector<float> means;
  for (const double sum : sums) means.push_back(static_cast<float>(sum / values));
  return means;
}

Range chosen_range(const Histogram& histogram, const CalibrationOptions& options) {
  return options.method == RangeMethod::kPercentile ? models::percentile_range(histogram, kKeptPercent)
                                                    : models::least_error_range(histogram, options.activations);
}

}  // namespace

RangeMethod range_method(std::string_view name) {
  if (name == "minmax") return RangeMethod::kMinMax;
  if (name == "mse") return RangeMethod::kLeastError;
  if (name == "percentile") return RangeMethod::kPercentile;
  throw Error(ErrorCode::kUsage, "there is no calibration method '{}'; give minmax, mse or percentile", name);
}

models::ActivationStatistics calibrate(const Graph& graph, const ImageSet& images, const CalibrationOptions& options,
                                       const Execution& execution, engine::Progress& progress) {
  Calibrator calibrator(graph, images, execution, progress);
  const std::vector<Seen> seen = calibrator.measure_ranges();
  const std::vector<int>& tensors = calibrator.tensors();
  for (std::size_t i = 0; i < seen.size(); ++i) {
    if (!seen[i].finite) {
      throw Error(ErrorCode::kModel, "{} takes values that are not finite on these images; check the preprocessing",
                  models::tensor_text(graph, tensors[i]));
    }
  }
  std::vector<Histogram> histograms;
  if (options.method != RangeMethod::kMinMax) histograms = calibrator.measure_histograms(seen);

  models::ActivationStatistics statistics;
  statistics.ranges.resize(graph.tensors.size());
  statistics.channel_means.resize(graph.tensors.size());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    const auto tensor = static_cast<std::size_t>(tensors[i]);
    statistics.ranges[tensor] = histograms.empty() ? seen[i].range : chosen_range(histograms[i], options);
    for (double sum : seen[i].sums) {
      statistics.channel_means[tensor].push_back(static_cast<float>(sum / seen[i].values));
    }
  }
  const auto input = static_cast<std::size_t>(graph.inputs.at(0));
  statistics.ranges[input] = input_range(images.recipe(), images.view().image.channels);
  statistics.channel_means[input] = input_means(images, models::channels_of(graph, graph.inputs[0]));
  return statistics;
}

std::vector<std::string> calibration_warnings(const Graph& graph, const models::ActivationStatistics& statistics) {
  std::vector<std::string> warnings;
  for (std::size_t i = 0; i < statistics.ranges.size(); ++i) {
    const auto& range = statistics.ranges[i];
    if (range && range->min == range->max) {
      warnings.push_back(fmt::format("warning: {} is {:g} on every image",
                                     models::tensor_text(graph, static_cast<int>(i)), range->min));
    }
  }
  return warnings;
}

}  // namespace qbench::variants
