// SPDX-License-Identifier: Apache-2.0
#include "harness/app/layer_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/app/variant_tools.h"
#include "reports/table.h"
#include "reports/text.h"

namespace qbench::app {
namespace {

constexpr double kPoorDb = 10.0;

reports::TableCell decibel(double value) {
  return {fmt::format("{:.1f}", value), value < kPoorDb ? reports::Tone::kBad : reports::Tone::kPlain};
}

}  // namespace

std::string layer_table(const std::vector<variants::LayerError>& errors, std::size_t rows,
                        const reports::ConsoleStyle& style) {
  reports::Table table({{"rank"},
                        {"op", true, 0, kShortestName},
                        {"SQNR dB"},
                        {"error added %"},
                        {"worst channel"},
                        {"its SQNR dB"},
                        {"MACs %", false, 1}});
  const std::vector<std::size_t> order = variants::ranking(errors);
  const std::size_t shown = std::min(rows, order.size());
  for (std::size_t rank = 0; rank < shown; ++rank) {
    const variants::LayerError& error = errors[order[rank]];
    table.add_row({{fmt::format("{}", rank + 1)},
                   {printable(error.text)},
                   decibel(error.sqnr_db),
                   {fmt::format("{:.3f}", 100.0 * error.added)},
                   {fmt::format("{}", error.worst_channel)},
                   decibel(error.worst_sqnr_db),
                   {fmt::format("{:.1f}", 100.0 * error.mac_share)}});
  }
  std::string text = table.draw(style.width, style.colour).lines;
  if (shown < order.size()) text += fmt::format("... and {} more ops; --json lists all\n", order.size() - shown);
  text += reports::wrapped(
      "SQNR: power of the float activation over power of the difference; 20 dB is an error of 10 %. Error added: error "
      "power at the op's result beyond that of its operands, as a share of the signal's power; it makes the ranking.",
      style.width, 0);
  return text + "\n";
}

nlohmann::ordered_json layer_json(const std::vector<variants::LayerError>& errors) {
  const std::vector<std::size_t> order = variants::ranking(errors);
  std::vector<std::size_t> rank(errors.size());
  for (std::size_t i = 0; i < order.size(); ++i) rank[order[i]] = i + 1;
  nlohmann::ordered_json layers = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < errors.size(); ++i) {
    const variants::LayerError& error = errors[i];
    layers.push_back({{"op", error.op},
                      {"text", error.text},
                      {"rank", rank[i]},
                      {"sqnr_db", error.sqnr_db},
                      {"added", error.added},
                      {"worst_channel", error.worst_channel},
                      {"worst_sqnr_db", error.worst_sqnr_db},
                      {"mac_share", error.mac_share}});
  }
  return layers;
}

}  // namespace qbench::app
