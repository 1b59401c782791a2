// SPDX-License-Identifier: Apache-2.0
#include "reports/history/byte_packing.h"

#include <gtest/gtest.h>

#include <limits>

#include "core/error.h"
#include "core/metrics/random.h"

namespace qbench::reports::history {
namespace {

constexpr std::int64_t kLowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

TEST(BytePackingTest, NumbersOfEverySizeComeBack) {
  ByteWriter writer;
  const std::vector<std::uint64_t> numbers{0, 1, 127, 128, 300, 1ULL << 63, std::numeric_limits<std::uint64_t>::max()};
  const std::vector<std::int64_t> signed_numbers{0, -1, 1, -64, 64, kLowest, kHighest};
  for (const auto number : numbers) writer.number(number);
  for (const auto number : signed_numbers) writer.signed_number(number);
  const Bytes bytes = writer.take();
  ByteReader reader(bytes, "test");
  for (const auto number : numbers) EXPECT_EQ(reader.number(), number);
  for (const auto number : signed_numbers) EXPECT_EQ(reader.signed_number(), number);
  reader.finish();
}

TEST(BytePackingTest, ColumnsComeBackExactly) {
  for (const std::vector<std::int64_t>& values :
       {std::vector<std::int64_t>{}, {5}, {7, 7, 7}, {kLowest, kHighest, 0}, {-3, 200, 100000}, {1, 1LL << 40, 2}}) {
    ByteWriter writer;
    write_deltas(writer, values);
    write_planes(writer, values);
    const Bytes bytes = writer.take();
    ByteReader reader(bytes, "test");
    EXPECT_EQ(read_deltas(reader, values.size()), values);
    EXPECT_EQ(read_planes(reader, values.size()), values);
    reader.finish();
  }
}

TEST(BytePackingTest, RepetitionIsCompressedAndNoiseIsNotMadeLonger) {
  ByteWriter same;
  same.section(Bytes(10000, std::byte{7}));
  EXPECT_LT(same.bytes().size(), 50U);
  metrics::Random random(1);
  Bytes noise(1000);
  for (std::byte& byte : noise) byte = static_cast<std::byte>(random.below(256));
  ByteWriter writer;
  writer.section(noise);
  EXPECT_LE(writer.bytes().size(), noise.size() + 2);
}

TEST(BytePackingTest, EveryCutIsNoticed) {
  ByteWriter writer;
  write_deltas(writer, std::vector<std::int64_t>(100, 3));
  write_planes(writer, std::vector<std::int64_t>{1, 1000, 70000});
  const Bytes bytes = writer.take();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const std::span<const std::byte> cut(bytes.data(), length);
    ByteReader reader(cut, "test");
    EXPECT_THROW(
        {
          (void)read_deltas(reader, 100);
          (void)read_planes(reader, 3);
          reader.finish();
        },
        Error)
        << length;
  }
}

TEST(BytePackingTest, ChangedBytesNeverCrash) {
  ByteWriter writer;
  write_deltas(writer, std::vector<std::int64_t>(50, 3));
  write_planes(writer, std::vector<std::int64_t>(50, 1000));
  const Bytes sound = writer.take();
  metrics::Random random(2);
  for (int round = 0; round < 5000; ++round) {
    Bytes bytes = sound;
    bytes[random.below(bytes.size())] = static_cast<std::byte>(random.below(256));
    ByteReader reader(bytes, "test");
    try {
      (void)read_deltas(reader, 50);
      (void)read_planes(reader, 50);
      reader.finish();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kConfig);
    }
  }
}

TEST(BytePackingTest, LeftoverBytesAreDamage) {
  ByteWriter writer;
  writer.number(1);
  writer.number(2);
  const Bytes bytes = writer.take();
  ByteReader reader(bytes, "blob");
  EXPECT_EQ(reader.number(), 1U);
  EXPECT_THROW(reader.finish(), Error);
}

}  // namespace
}  // namespace qbench::reports::history
