// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/nearest.h"
#include "datasets/open_dataset.h"

namespace qbench::datasets {
namespace {

constexpr std::array<std::string_view, 3> kClassOrders{"auto", "numeric", "text"};

}  // namespace

ClassOrder class_order_from(std::string_view name) {
  const auto found = std::ranges::find(kClassOrders, name);
  if (found == kClassOrders.end()) {
    const std::vector<std::string> names(kClassOrders.begin(), kClassOrders.end());
    throw Error(ErrorCode::kUsage, "the order of the classes cannot be '{}'{}", name, nearest_hint(name, names));
  }
  return static_cast<ClassOrder>(found - kClassOrders.begin());
}

std::string_view class_order_name(ClassOrder order) noexcept { return kClassOrders[static_cast<std::size_t>(order)]; }

}  // namespace qbench::datasets
