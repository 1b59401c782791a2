// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace qbench::app {

/// For commands that take the result of a run: throws Error(kUsage) with what to type when `path` is a model, or a file
/// that some model was to be. Whatever else is wrong with it is for reports::read_run() to say.
void require_no_model(const std::string& path);

}  // namespace qbench::app
