// SPDX-License-Identifier: Apache-2.0
#include "runners/accelerators/accelerator_ids.h"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files.h"
#include "core/json_file.h"
#include "core/nearest.h"
#include "core/system_tree.h"

namespace qbench::runners {

namespace {

constexpr int kAnySpeed = 0;
constexpr std::uint64_t kMaxTableBytes = 1U << 20U;

[[noreturn]] void bad_entry(const std::filesystem::path& file, std::size_t index, const std::string& what) {
  throw Error(ErrorCode::kConfig, "{}: entry {}: {}", file.string(), index + 1, what);
}

std::uint16_t hex_number(const nlohmann::json& entry, const char* key, const std::filesystem::path& file,
                         std::size_t index) {
  const auto found = entry.find(key);
  if (found != entry.end() && found->is_string()) {
    const std::optional<std::int64_t> number = parse_integer(found->get<std::string>(), 16);
    if (number && *number >= 0 && *number <= std::numeric_limits<std::uint16_t>::max()) {
      return static_cast<std::uint16_t>(*number);
    }
  }
  bad_entry(file, index, fmt::format("'{}' must be a text of four hex digits such as \"1a6e\"", key));
}

std::string word(const nlohmann::json& entry, const char* key, const std::filesystem::path& file, std::size_t index) {
  const auto found = entry.find(key);
  if (found == entry.end() || !found->is_string() || found->get<std::string>().empty()) {
    bad_entry(file, index, fmt::format("'{}' must be a text", key));
  }
  return found->get<std::string>();
}

AcceleratorId parse_entry(const nlohmann::json& entry, const std::filesystem::path& file, std::size_t index) {
  static const std::vector<std::string> keys = {"vendor", "product", "family", "name", "ready", "expected_mbps"};
  if (!entry.is_object()) bad_entry(file, index, "must be an object");
  for (const auto& [key, value] : entry.items()) {
    if (std::ranges::find(keys, key) == keys.end()) {
      bad_entry(file, index, fmt::format("unknown key '{}'{}", key, nearest_hint(key, keys)));
    }
  }
  AcceleratorId id;
  id.vendor = hex_number(entry, "vendor", file, index);
  id.product = hex_number(entry, "product", file, index);
  id.family = word(entry, "family", file, index);
  id.name = word(entry, "name", file, index);
  if (entry.contains("ready")) {
    if (!entry["ready"].is_boolean()) bad_entry(file, index, "'ready' must be true or false");
    id.ready = entry["ready"].get<bool>();
  }
  if (entry.contains("expected_mbps")) {
    if (!entry["expected_mbps"].is_number_unsigned() || entry["expected_mbps"].get<std::uint64_t>() > 1000000) {
      bad_entry(file, index, "'expected_mbps' must be a whole number of Mb/s");
    }
    id.expected_mbps = entry["expected_mbps"].get<int>();
  }
  return id;
}

}  // namespace

std::vector<AcceleratorId> known_accelerator_ids() {
  // Coral: libedgetpu's beagle_usb_driver_provider.cc. Myriad: OpenVINO's XLink usb_boot.h and Luxonis' XLink; an
  // unbooted Myriad always enumerates at 480 Mb/s. Kneron: the PLUS SDK's udev rules and product list.
  return {
      {0x1a6e, 0x089a, "coral", "Coral USB Accelerator", false, kSuperSpeed},
      {0x18d1, 0x9302, "coral", "Coral USB Accelerator", true, kSuperSpeed},
      {0x03e7, 0x2150, "myriad", "Movidius Myriad 2 (NCS, not booted)", false, kAnySpeed},
      {0x03e7, 0x2485, "myriad", "Movidius Myriad X (NCS2 / OAK, not booted)", false, kAnySpeed},
      {0x03e7, 0xf63b, "myriad", "Movidius Myriad (booted)", true, kSuperSpeed},
      {0x03e7, 0xf63c, "myriad", "Luxonis OAK (bootloader)", false, kAnySpeed},
      {0x03e7, 0xf63d, "myriad", "Luxonis OAK (booted from flash)", true, kSuperSpeed},
      {0x3231, 0x0100, "kneron", "Kneron KL520", true, kAnySpeed},
      {0x3231, 0x0200, "kneron", "Kneron KL720 (legacy firmware)", true, kAnySpeed},
      {0x3231, 0x0530, "kneron", "Kneron KL530", true, kAnySpeed},
      {0x3231, 0x0540, "kneron", "Kneron KL540", true, kAnySpeed},
      {0x3231, 0x0630, "kneron", "Kneron KL630", true, kAnySpeed},
      {0x3231, 0x0720, "kneron", "Kneron KL720", true, kAnySpeed},
      {0x3231, 0x0732, "kneron", "Kneron KL730", true, kAnySpeed},
      {0x3231, 0x0832, "kneron", "Kneron KL830", true, kAnySpeed},
  };
}

std::vector<AcceleratorId> accelerator_ids(const std::filesystem::path& file) {
  std::vector<AcceleratorId> ids = known_accelerator_ids();
  if (file.empty()) return ids;
  const nlohmann::json table = try_parse_json(read_text_file(file, kMaxTableBytes)).value_or(nullptr);
  if (!table.is_array()) {
    throw Error(ErrorCode::kConfig, "{}: must be a JSON array of {{\"vendor\", \"product\", \"family\", \"name\"}}",
                file.string());
  }
  for (std::size_t index = 0; index < table.size(); ++index) {
    AcceleratorId id = parse_entry(table[index], file, index);
    std::erase_if(ids,
                  [&](const AcceleratorId& known) { return known.vendor == id.vendor && known.product == id.product; });
    ids.push_back(std::move(id));
  }
  return ids;
}

const AcceleratorId* find_id(const std::vector<AcceleratorId>& ids, std::uint16_t vendor, std::uint16_t product) {
  for (const AcceleratorId& id : ids) {
    if (id.vendor == vendor && id.product == product) return &id;
  }
  return nullptr;
}

std::string id_text(std::uint16_t vendor, std::uint16_t product) {
  return fmt::format("{:04x}:{:04x}", vendor, product);
}

}  // namespace qbench::runners
