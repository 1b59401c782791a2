// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace qbench::testing {

/// What makes `text` no well-formed XML 1.0 document, or "" when it is one. Knows elements, attributes in double
/// quotes, text, the five named entities, decimal character references and one declaration: all that our writers use,
/// anything else is a fault.
[[nodiscard]] std::string xml_fault(std::string_view text);

}  // namespace qbench::testing
