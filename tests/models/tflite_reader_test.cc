// SPDX-License-Identifier: Apache-2.0
#include "models/tflite_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "core/error.h"
#include "core/files.h"
#include "models/tflite_writer.h"
#include "tests/support/graph_builder.h"
#include "tests/support/paths.h"

namespace qbench::models {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string error_of(std::span<const std::byte> data) {
  try {
    (void)read_tflite(data, "model.tflite");
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kModel);
    return error.what();
  }
  return "no error";
}

TEST(TfliteReaderTest, ErrorsStartWithTheFileName) {
  EXPECT_THAT(error_of(Bytes(100)), StartsWith("model.tflite: not a .tflite model"));
}

TEST(TfliteReaderTest, AnEmptyFileIsCalledEmpty) { EXPECT_THAT(error_of({}), HasSubstr("the file is empty")); }

TEST(TfliteReaderTest, TinyFilesAreRefused) {
  for (std::size_t size = 1; size < 16; ++size) {
    EXPECT_THAT(error_of(Bytes(size)), HasSubstr("not a .tflite model"));
  }
}

TEST(TfliteReaderTest, EveryTruncationIsRefusedOrReadsTheSame) {
  const Graph graph = testing::tiny_int8_graph();
  const Bytes whole = write_tflite(graph);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const Bytes part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    try {
      EXPECT_EQ(read_tflite(part, "part"), graph);  // only padding at the end was lost
      EXPECT_GT(size + 16, whole.size());
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kModel);
    }
  }
}

TEST(TfliteReaderTest, AnUnalignedStartReadsTheSame) {
  const Graph graph = testing::tiny_float_graph();
  const Bytes file = write_tflite(graph);
  Bytes shifted(file.size() + 1);
  std::memcpy(shifted.data() + 1, file.data(), file.size());
  EXPECT_EQ(read_tflite(std::span(shifted).subspan(1), "shifted"), graph);
}

TEST(TfliteReaderTest, TrailingBytesAreHarmless) {
  const Graph graph = testing::tiny_float_graph();
  Bytes file = write_tflite(graph);
  file.resize(file.size() + 100, std::byte{0x55});
  EXPECT_EQ(read_tflite(file, "tail"), graph);
}

TEST(TfliteReaderTest, OtherFormatVersionsAreRefused) {
  Bytes file = write_tflite(testing::tiny_float_graph());
  // The version is the only 32-bit field of the root table that holds 3.
  std::uint32_t root = 0;
  std::memcpy(&root, file.data(), sizeof(root));
  for (std::size_t at = root; at + 4 <= root + 64; at += 4) {
    std::uint32_t value = 0;
    std::memcpy(&value, file.data() + at, sizeof(value));
    if (value == 3) {
      file[at] = std::byte{2};
      break;
    }
  }
  EXPECT_THAT(error_of(file), HasSubstr("format version 2"));
}

TEST(TfliteReaderTest, FilesAreNamedInErrors) {
  const testing::TemporaryFolder folder;
  const auto path = folder.path() / "broken.tflite";
  write_file_atomic(path, std::string_view("this is text, not a model"));
  try {
    (void)read_tflite_file(path);
    FAIL() << "read a text file";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), StartsWith("broken.tflite: not a .tflite model"));
  }
}

TEST(TfliteReaderTest, AMissingFileIsAnIoError) {
  try {
    (void)read_tflite_file("/nonexistent/model.tflite");
    FAIL() << "read a missing file";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
  }
}

TEST(TfliteReaderTest, AnySingleChangedByteGivesAGraphOrOneError) {
  const Bytes file = write_tflite(testing::tiny_int8_graph());
  int refused = 0;
  for (std::size_t at = 0; at < file.size(); ++at) {
    for (const int change : {0x01, 0x80, 0xFF}) {
      Bytes mutant = file;
      mutant[at] ^= static_cast<std::byte>(change);
      try {
        (void)read_tflite(mutant, "mutant");
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kModel);
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace qbench::models
