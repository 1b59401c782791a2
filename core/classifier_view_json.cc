// SPDX-License-Identifier: Apache-2.0
// How a view is written, for people and for workers.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "core/classifier_view.h"

namespace qbench {

std::string image_text(const ImageInput& image) {
  return fmt::format("{}x{} {}{}", image.height, image.width, image.channels == 1 ? "gray" : "RGB",
                     image.order == PixelOrder::kPlanes && image.channels > 1 ? ", channel by channel" : "");
}

std::string view_text(const ClassifierView& view) {
  const ScoresOutput& scores = view.scores;
  const char* from = scores.form == ScoresForm::kVector ? "" : ", from one value";
  return fmt::format("input {}, scores '{}' ({} classes{})", image_text(view.image), scores.name, scores.classes(),
                     from);
}

nlohmann::json to_json(const ClassifierView& view) {
  const ImageInput& image = view.image;
  const ScoresOutput& scores = view.scores;
  return {{"height", image.height},     {"width", image.width},
          {"channels", image.channels}, {"order", static_cast<int>(image.order)},
          {"output", scores.index},     {"name", scores.name},
          {"values", scores.values},    {"form", static_cast<int>(scores.form)}};
}

ClassifierView classifier_view_from_json(const nlohmann::json& json) {
  ClassifierView view;
  view.image = {.height = json.at("height").get<int>(),
                .width = json.at("width").get<int>(),
                .channels = json.at("channels").get<int>(),
                .order = static_cast<PixelOrder>(json.at("order").get<int>())};
  view.scores = {.index = json.at("output").get<std::size_t>(),
                 .name = json.at("name").get<std::string>(),
                 .values = json.at("values").get<std::size_t>(),
                 .form = static_cast<ScoresForm>(json.at("form").get<int>())};
  return view;
}

}  // namespace qbench
