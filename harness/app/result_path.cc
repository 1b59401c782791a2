// SPDX-License-Identifier: Apache-2.0
#include "harness/app/result_path.h"

#include <filesystem>

#include "core/error.h"
#include "models/model_kind.h"

namespace qbench::app {

void require_no_model(const std::string& path) {
  std::error_code unreadable;
  if (!std::filesystem::is_regular_file(path, unreadable)) return;
  const models::ModelFile file = models::sniff_model(path);
  if (file.kind == models::ModelKind::kUnknown || file.kind == models::ModelKind::kEmpty) return;
  if (file.kind == models::ModelKind::kTflite) {
    throw Error(ErrorCode::kUsage,
                "'{}' is a model, not the result folder of a run; measure first: qbench run --model {} --data IMAGES",
                path, path);
  }
  throw Error(ErrorCode::kUsage, "'{}' is not the result folder of a run but {}", path, models::refusal_of(file, path));
}

}  // namespace qbench::app
