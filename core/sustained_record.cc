// SPDX-License-Identifier: Apache-2.0
#include "core/sustained_record.h"

#include "core/json_fields.h"

namespace qbench {

template <json_fields::Is<SustainedWindow> T, typename Visit>
static void visit_fields(T& window, Visit& visit) {
  visit("start_s", window.start_s);
  visit("seconds", window.seconds);
  visit("invokes", window.invokes);
  visit("p50_ms", window.p50_ms);
  visit("p90_ms", window.p90_ms);
  visit("mhz", window.mhz);
  visit("celsius", window.celsius);
}

template <json_fields::Is<SustainedFigures> T, typename Visit>
static void visit_fields(T& figures, Visit& visit) {
  visit("seconds", figures.seconds);
  visit("window_s", figures.window_s);
  visit("windows", figures.windows);
  visit("cold_ms", figures.cold_ms);
  visit("steady_ms", figures.steady_ms);
  visit("steady_after_s", figures.steady_after_s);
}

void to_json(nlohmann::json& json, const SustainedFigures& value) { json = json_fields::write(value); }
void from_json(const nlohmann::json& json, SustainedFigures& value) { json_fields::read(json, value, "figures"); }

}  // namespace qbench
