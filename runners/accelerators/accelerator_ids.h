// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace qbench::runners {

inline constexpr int kSuperSpeed = 5000;  ///< Mbit/s of a USB 3 link

/// One USB identity of an accelerator. A device whose firmware is loaded at first use has two: before and after.
struct AcceleratorId {
  std::uint16_t vendor = 0;
  std::uint16_t product = 0;
  std::string family;     ///< "coral", "myriad", "kneron": what --require names
  std::string name;       ///< for a person
  bool ready = true;      ///< false: this is what the device shows before its firmware is loaded
  int expected_mbps = 0;  ///< link speed of a good port in this phase; 0: any speed is normal
  bool operator==(const AcceleratorId&) const = default;
};

/// Identities that vendors' public sources confirm.
[[nodiscard]] std::vector<AcceleratorId> known_accelerator_ids();

/// The known ones and those of a user's table (none when `file` is empty): a JSON array of objects {"vendor": "1234",
/// "product": "5678", "family": "...", "name": "...", "ready": true, "expected_mbps": 5000}; the last two are optional.
/// An entry replaces a known one of the same numbers. Throws Error(kConfig) naming the file and the entry, Error(kIo).
[[nodiscard]] std::vector<AcceleratorId> accelerator_ids(const std::filesystem::path& file);

/// The identity with these numbers, or null.
[[nodiscard]] const AcceleratorId* find_id(const std::vector<AcceleratorId>& ids, std::uint16_t vendor,
                                           std::uint16_t product);

/// "1a6e:089a"
[[nodiscard]] std::string id_text(std::uint16_t vendor, std::uint16_t product);

}  // namespace qbench::runners
