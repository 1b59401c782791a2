// SPDX-License-Identifier: Apache-2.0
#include "harness/app/option_flags.h"

#include <algorithm>

namespace qbench::app {

std::string flag_name(std::string_view option) {
  std::string name = "--" + std::string(option);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

CLI::Validator not_negative() {
  const auto check = [](const std::string& text) {
    return text.starts_with('-') ? text + " is less than 0" : std::string();
  };
  return {check, ""};
}

void add_tensor_flags(CLI::App& command, TensorFlags& flags) {
  const auto add = [&command](const char* name, std::string& value, const char* help) {
    command.add_option(name, value, help)->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  };
  add("--output-tensor", flags.output, "Of several outputs the one with the scores: its name, or its number from 0");
  add("--image-size", flags.image_size, "HxW of the image, for an input whose shape leaves it open");
  add("--one-value", flags.one_value, "What the single output value of two classes is: probability or logit");
}

}  // namespace qbench::app
