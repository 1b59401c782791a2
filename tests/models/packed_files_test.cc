// SPDX-License-Identifier: Apache-2.0
#include "models/packed_files.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string_view>

namespace qbench::models {
namespace {

Bytes text(std::string_view value) { return to_bytes(std::as_bytes(std::span(value))); }

TEST(PackedFilesTest, FilesComeBackInOrder) {
  const std::vector<PackedFile> files = {{"b.txt", text("second")}, {"a.txt", text("first\r\nline")}, {"none", {}}};
  Bytes model(1000, std::byte{7});
  append_packed_files(model, files);
  EXPECT_EQ(read_packed_files(model), files);
}

TEST(PackedFilesTest, TheModelBeforeTheArchiveIsUntouched) {
  Bytes model = text("the model");
  append_packed_files(model, {{"labels.txt", text("cat")}});
  EXPECT_EQ(Bytes(model.begin(), model.begin() + 9), text("the model"));
}

TEST(PackedFilesTest, OffsetsCountFromTheStartOfTheModel) {
  Bytes model(1234, std::byte{1});
  append_packed_files(model, {{"labels.txt", text("cat")}});
  std::uint32_t directory = 0;
  std::memcpy(&directory, model.data() + model.size() - 6, sizeof(directory));
  std::uint32_t entry = 0;
  std::memcpy(&entry, model.data() + directory + 42, sizeof(entry));
  EXPECT_EQ(entry, 1234U);
  EXPECT_EQ(std::memcmp(model.data() + entry, "PK\3\4", 4), 0);
}

TEST(PackedFilesTest, NoFilesAppendNothing) {
  Bytes model = text("the model");
  append_packed_files(model, {});
  EXPECT_EQ(model.size(), 9U);
  EXPECT_TRUE(read_packed_files(model).empty());
}

TEST(PackedFilesTest, TheArchiveIsDeterministic) {
  Bytes first = text("m");
  Bytes second = text("m");
  append_packed_files(first, {{"labels.txt", text("cat\ndog\n")}});
  append_packed_files(second, {{"labels.txt", text("cat\ndog\n")}});
  EXPECT_EQ(first, second);
}

TEST(PackedFilesTest, ADamagedArchiveGivesNoFilesAndNoCrash) {
  Bytes model(50, std::byte{7});
  append_packed_files(model, {{"labels.txt", text("cat\ndog\nbird")}});
  for (std::size_t at = 50; at < model.size(); ++at) {
    for (const int change : {0x01, 0x80, 0xFF}) {
      Bytes damaged = model;
      damaged[at] ^= static_cast<std::byte>(change);
      EXPECT_LE(read_packed_files(damaged).size(), 1U);
    }
  }
}

}  // namespace
}  // namespace qbench::models
