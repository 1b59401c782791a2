// SPDX-License-Identifier: Apache-2.0
#include "datasets/exif.h"

#include <gtest/gtest.h>

#include "tests/datasets/sample_images.h"

namespace qbench::datasets {
namespace {

using samples::Bytes;

/// The payload of the EXIF segment that the sample files carry.
Bytes payload(int orientation, bool little_endian = true) {
  const Bytes file = samples::with_orientation(samples::jpeg(), orientation, little_endian);
  return {file.begin() + 6, file.begin() + 6 + 32};
}

TEST(ExifTest, OrientationIsReadInBothByteOrders) {
  for (int orientation = 1; orientation <= 8; ++orientation) {
    EXPECT_EQ(exif_orientation(payload(orientation, true)), orientation);
    EXPECT_EQ(exif_orientation(payload(orientation, false)), orientation);
  }
}

TEST(ExifTest, NumbersOutsideOneToEightMeanUpright) {
  EXPECT_EQ(exif_orientation(payload(0)), 1);
  EXPECT_EQ(exif_orientation(payload(9)), 1);
}

TEST(ExifTest, EveryShorterPayloadMeansUpright) {
  const Bytes whole = payload(6);
  constexpr std::size_t kValueEnd = 26;
  for (std::size_t size = 0; size < kValueEnd; ++size) {
    EXPECT_EQ(exif_orientation(std::span(whole).first(size)), 1) << size;
  }
}

TEST(ExifTest, DirectoryOutsideTheDataMeansUpright) {
  Bytes bytes = payload(6);
  for (std::size_t i = 10; i < 14; ++i) bytes[i] = std::byte{0xFF};
  EXPECT_EQ(exif_orientation(bytes), 1);
}

TEST(ExifTest, WebpChunkIsReadWithAndWithoutSignature) {
  const Bytes plain = samples::encoded(samples::picture(9, 7), ".webp");
  for (int orientation = 1; orientation <= 8; ++orientation) {
    for (const bool signature : {false, true}) {
      const Bytes file = samples::webp_with_orientation(plain, 9, 7, orientation, signature);
      EXPECT_EQ(webp_orientation(file), orientation);
      for (std::size_t size = 0; size < file.size(); ++size) (void)webp_orientation(std::span(file).first(size));
    }
  }
  EXPECT_EQ(webp_orientation(plain), 1);
}

TEST(ExifTest, OtherSegmentsMeanUpright) {
  EXPECT_EQ(exif_orientation(samples::to_bytes("http://ns.adobe.com/xap/1.0/")), 1);
}

}  // namespace
}  // namespace qbench::datasets
