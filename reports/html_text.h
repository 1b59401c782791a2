// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "reports/text_table.h"

namespace qbench::reports {

/// Text and attribute values of HTML: printable (text.h), with markup escaped. Nothing of it can become an element, an
/// attribute or a link.
[[nodiscard]] std::string html_escaped(std::string_view text);

/// html_escaped in a <bdi>, so that a name cannot turn the direction of the text around it.
[[nodiscard]] std::string html_name(std::string_view name);

/// A scrolling table, numbers to the right; "" for a table without rows. `id` names it for links and tests.
[[nodiscard]] std::string html_table(const TextTable& table, std::string_view id);

/// "" for no lines.
[[nodiscard]] std::string html_list(const std::vector<std::string>& lines);

/// The Content-Security-Policy's name of a <style> block with exactly this text: 'sha256-<base64>'.
[[nodiscard]] std::string csp_hash(std::string_view text);

/// Base64 with padding (RFC 4648).
[[nodiscard]] std::string base64(std::span<const unsigned char> bytes);

}  // namespace qbench::reports
