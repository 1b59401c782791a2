// SPDX-License-Identifier: Apache-2.0
#include "core/print.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

namespace qbench {
namespace {

TEST(PrintTest, TextsInArgumentsAreShownPrintableWhateverTheirType) {
  std::ostringstream out;
  const std::string name = "a\x1b[2J\nb";
  print_text(out, "{} {} {} {:>5} {:.1f}\n", name, std::string_view(name), name.c_str(), 7, 0.25);
  EXPECT_EQ(out.str(), "a\\u{1b}[2J\\nb a\\u{1b}[2J\\nb a\\u{1b}[2J\\nb     7 0.2\n");
}

TEST(PrintTest, TheFormatItselfStaysAsItIs) {
  std::ostringstream out;
  print_text(out, "\r\033[K{}\n", "x");
  EXPECT_EQ(out.str(), "\r\033[Kx\n");
}

}  // namespace
}  // namespace qbench
