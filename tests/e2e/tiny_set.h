// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "core/files.h"
#include "tests/support/paths.h"
#include "tests/support/tiny_model.h"

namespace qbench::testing {

/// A folder with tiny models and a tiny set of one-coloured images that they classify without an error: folders "0red",
/// "1green", "2blue" with `per_class` images each.
class TinySet {
 public:
  explicit TinySet(int per_class = 4) {
    write_file_atomic(model("fp32"), tiny_model());
    write_file_atomic(model("int8"), tiny_model({.dtype = DType::kInt8}));
    int label = 0;
    for (const char* name : {"0red", "1green", "2blue"}) {
      std::filesystem::create_directories(images() / name);
      for (int i = 0; i < per_class; ++i) {
        cv::Scalar bgr(10, 10, 10);
        bgr[2 - label] = 150 + 5 * i;
        cv::imwrite((images() / name / (std::to_string(i) + ".png")).string(), cv::Mat(8, 8, CV_8UC3, bgr));
      }
      ++label;
    }
  }

  [[nodiscard]] std::filesystem::path path() const { return folder_.path(); }
  [[nodiscard]] std::filesystem::path images() const { return folder_.path() / "images"; }
  [[nodiscard]] std::filesystem::path results() const { return folder_.path() / "results"; }
  [[nodiscard]] std::filesystem::path model(const std::string& name) const {
    return folder_.path() / (name + ".tflite");
  }

  /// `run` over some models of this set into results(), quick settings first so that later arguments win.
  [[nodiscard]] std::vector<std::string> run(const std::vector<std::string>& models,
                                             const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"-q", "run", "--data", images(), "-o", results(), "--batch", "1,4"};
    for (const std::string& name : models) {
      arguments.insert(arguments.end(), {"--model", name + "=" + model(name).string()});
    }
    // The models answer alike whatever the scale of the pixels, so that images could not tell which one they want.
    for (const char* quick : {"--rounds", "12", "--restart-rounds", "6", "--jobs", "2", "--recipe", "raw255"}) {
      arguments.emplace_back(quick);
    }
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

 private:
  TemporaryFolder folder_;
};

}  // namespace qbench::testing
