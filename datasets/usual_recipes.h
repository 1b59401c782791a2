// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/recipe.h"

namespace qbench::datasets {

/// The recipes that published classifiers are fed with, the most usual first, for an input of 1 or 3 channels: raw
/// pixels, [0, 1], [-1, 1], the deviations of ImageNet or MNIST, [-0.5, 0.5] and the mean colour taken away; in colour
/// each in both orders of the channels. All of them stretch the image. Every name is one that --recipe takes, but for
/// the gray ones, whose colour follows from the input.
[[nodiscard]] std::vector<Recipe> usual_recipes(int channels);

/// The same pixels made gray where the input has one channel; the name tells.
[[nodiscard]] Recipe for_channels(Recipe recipe, int channels);

}  // namespace qbench::datasets
