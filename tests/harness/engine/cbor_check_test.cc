// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/cbor_check.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "core/error.h"

namespace qbench::engine {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// Why it is refused; empty when it is not.
std::string why_refused(const Bytes& message) {
  try {
    check_cbor(std::as_bytes(std::span(message)));
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

Bytes repeated(std::size_t count, const Bytes& part, const Bytes& end) {
  Bytes all;
  for (std::size_t i = 0; i < count; ++i) all.insert(all.end(), part.begin(), part.end());
  all.insert(all.end(), end.begin(), end.end());
  return all;
}

TEST(CborCheckTest, WhatOurEncoderWritesPasses) {
  const nlohmann::json message = {{"text", std::string(300, 'x')},
                                  {"numbers", {0, 23, 24, 1U << 30, -1, -1000, 1.5, 0.1, 1e300}},
                                  {"none", nullptr},
                                  {"flags", {true, false}},
                                  {"empty", {nlohmann::json::object(), nlohmann::json::array(), ""}}};
  EXPECT_EQ(why_refused(nlohmann::json::to_cbor(message)), "");
  EXPECT_EQ(why_refused(nlohmann::json::to_cbor(7)), "");
}

TEST(CborCheckTest, DeepNestsOfAnyKindAreRefused) {
  constexpr std::size_t kDeep = 1'000'000;
  const Bytes zero{0x00};
  EXPECT_NE(why_refused(repeated(kDeep, {0x81}, zero)), "");             // arrays
  EXPECT_NE(why_refused(repeated(kDeep, {0xa1, 0x61, 'a'}, zero)), "");  // maps
  EXPECT_NE(why_refused(repeated(kDeep, {0xa1}, zero)), "");             // maps as keys
  EXPECT_NE(why_refused(repeated(kDeep, {0x9f}, zero)), "");             // arrays without a length
  EXPECT_NE(why_refused(repeated(kDeep, {0x7f}, zero)), "");             // texts in pieces
  EXPECT_NE(why_refused(repeated(kDeep, {0x5f}, zero)), "");             // byte strings in pieces
  EXPECT_NE(why_refused(repeated(kDeep, {0xc6}, zero)), "");             // tags
  EXPECT_EQ(why_refused(repeated(15, {0x81}, zero)), "");
  EXPECT_NE(why_refused(repeated(16, {0x81}, zero)).find("nested"), std::string::npos);
}

TEST(CborCheckTest, LengthsBeyondTheMessageAreRefused) {
  for (const std::uint8_t kind : Bytes{0x5b, 0x7b, 0x9b, 0xbb}) {
    EXPECT_NE(why_refused({kind, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff}), "");
    EXPECT_NE(why_refused({kind, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), "");
  }
  EXPECT_NE(why_refused({}), "");
  EXPECT_NE(why_refused({0x19, 0x01}), "");
  EXPECT_NE(why_refused({0x82, 0x00}), "");
}

TEST(CborCheckTest, MoreThanAMessageIsRefused) { EXPECT_NE(why_refused({0x00, 0x00}), ""); }

TEST(CborCheckTest, AMessageOfTooManyValuesIsRefused) {
  EXPECT_NE(why_refused(nlohmann::json::to_cbor(nlohmann::json(std::vector<int>(2'000'000, 1)))), "");
}

TEST(CborCheckTest, EveryMessageEndsWithoutHarm) {
  std::uint64_t state = 1;
  for (int i = 0; i < 20'000; ++i) {
    Bytes bytes;
    for (int j = 0; j < 24; ++j) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      bytes.push_back(static_cast<std::uint8_t>(state >> 56U));
    }
    if (!why_refused(bytes).empty()) continue;
    const auto decoded = nlohmann::json::from_cbor(bytes, true, false);
    EXPECT_TRUE(decoded.is_discarded() ||
                !decoded.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace).empty());
  }
}

}  // namespace
}  // namespace qbench::engine
