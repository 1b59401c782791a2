// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <filesystem>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <string>
#include <vector>

#include "core/files.h"
#include "tests/support/paths.h"
#include "tests/support/tiny_model.h"

namespace qbench::testing {

/// A tiny float model and twelve noisy pictures of three classes that it tells apart: what a quantizer needs.
class VariantSet {
 public:
  VariantSet() {
    constexpr int kImages = 4;
    write_file_atomic(model(), tiny_model());
    cv::RNG random(1);
    int label = 0;
    for (const char* name : {"0red", "1green", "2blue"}) {
      std::filesystem::create_directories(images() / name);
      for (int i = 0; i < kImages; ++i) {
        cv::Scalar strongest(60, 60, 60);
        strongest[2 - label] = 255;
        cv::Mat picture(8, 8, CV_8UC3);
        random.fill(picture, cv::RNG::UNIFORM, cv::Scalar::all(0), strongest);
        cv::imwrite((images() / name / (std::to_string(i) + ".png")).string(), picture);
      }
      ++label;
    }
  }

  [[nodiscard]] std::filesystem::path path() const { return folder_.path(); }
  [[nodiscard]] std::filesystem::path images() const { return folder_.path() / "images"; }
  [[nodiscard]] std::filesystem::path model() const { return folder_.path() / "tiny_fp32.tflite"; }
  [[nodiscard]] std::filesystem::path output() const { return folder_.path() / "variants"; }
  [[nodiscard]] std::filesystem::path variant(const std::string& name) const {
    return output() / ("tiny_" + name + ".tflite");
  }

  /// `quantize` of the model to these variants into output(), calibrated on images().
  [[nodiscard]] std::vector<std::string> quantize(const std::string& to,
                                                  const std::vector<std::string>& more = {}) const {
    return quantize_file(model(), to, more);
  }
  [[nodiscard]] std::vector<std::string> quantize_file(const std::filesystem::path& file, const std::string& to,
                                                       const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"-q",     "quantize", file,     "--to",   to, "--calibrate",
                                       images(), "-o",       output(), "--jobs", "2"};
    // Twelve images cannot tell what the model wants.
    if (std::ranges::find(more, "--recipe") == more.end()) arguments.insert(arguments.end(), {"--recipe", "raw255"});
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

 private:
  TemporaryFolder folder_;
};

}  // namespace qbench::testing
