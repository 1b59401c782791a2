// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/engine/progress.h"
#include "harness/variants/image_set.h"
#include "harness/variants/model_session.h"
#include "models/graph.h"
#include "models/quantize/activation_statistics.h"

namespace qbench::variants {

/// How the range of an activation is found.
enum class RangeMethod {
  kMinMax,      ///< all values that occurred
  kLeastError,  ///< "mse": clips where that lowers the mean squared error
  kPercentile,  ///< leaves out the outermost 0.01 % at either end
};

/// "minmax", "mse", "percentile". Throws Error(kUsage) for anything else.
[[nodiscard]] RangeMethod range_method(std::string_view name);

struct CalibrationOptions {
  RangeMethod method = RangeMethod::kLeastError;
  models::ActivationType activations = models::ActivationType::kInt8;  ///< that "mse" optimizes for
};

/// Runs the float model with all activations as outputs over all images and takes down their ranges and channel means.
/// The input's range is the theoretical one, of pixels 0 .. 255 under the recipe. The result does not depend on the
/// number of processes. Memory: a few kilobytes for each activation. Throws Error(kModel) naming the tensor when an
/// activation is not finite, Error(kRuntime) when the runtime dies.
[[nodiscard]] models::ActivationStatistics calibrate(const models::Graph& graph, const ImageSet& images,
                                                     const CalibrationOptions& options, const Execution& execution,
                                                     engine::Progress& progress);

/// What looks wrong in the statistics: activations that never change. One line each.
[[nodiscard]] std::vector<std::string> calibration_warnings(const models::Graph& graph,
                                                            const models::ActivationStatistics& statistics);

}  // namespace qbench::variants
