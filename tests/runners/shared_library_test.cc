// SPDX-License-Identifier: Apache-2.0
#include "runners/shared_library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "core/error.h"
#include "tests/support/paths.h"

namespace qbench::runners {
namespace {

using ::testing::HasSubstr;
using Version = const char* (*)();

TEST(SharedLibraryTest, FindsFunctionsAndTellsItsFile) {
  const SharedLibrary library(testing::stand_in("fake_tflite_ok"));
  EXPECT_EQ(library.path(), testing::stand_in("fake_tflite_ok"));
  const auto version = library.find<Version>("TfLiteVersion");
  ASSERT_NE(version, nullptr);
  EXPECT_STREQ(version(), "ok");
}

TEST(SharedLibraryTest, AMissingNameIsNull) {
  const SharedLibrary library(testing::stand_in("fake_tflite_ok"));
  EXPECT_EQ(library.find<Version>("NoSuchFunction"), nullptr);
}

TEST(SharedLibraryTest, TwoLibrariesWithTheSameNamesKeepThemApart) {
  const SharedLibrary first(testing::stand_in("fake_tflite_ok"));
  const SharedLibrary second(testing::stand_in("fake_tflite_slow"));
  EXPECT_STREQ(first.find<Version>("TfLiteVersion")(), "ok");
  EXPECT_STREQ(second.find<Version>("TfLiteVersion")(), "slow");
}

TEST(SharedLibraryTest, AMovedFromLibraryGivesItsHandleAway) {
  SharedLibrary first(testing::stand_in("fake_tflite_ok"));
  const SharedLibrary second(std::move(first));
  EXPECT_STREQ(second.find<Version>("TfLiteVersion")(), "ok");
}

TEST(SharedLibraryTest, FindsALibraryOfTheSystemByItsName) {
  const SharedLibrary library("libc.so.6");
  EXPECT_TRUE(library.path().is_absolute()) << library.path();
}

TEST(SharedLibraryTest, AFileThatIsNoLibraryIsRefusedWithTheLoadersReason) {
  try {
    const SharedLibrary library("/etc/passwd");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kRuntime);
    EXPECT_THAT(error.what(), HasSubstr("/etc/passwd"));
    EXPECT_THAT(error.what(), HasSubstr("ELF"));
  }
}

}  // namespace
}  // namespace qbench::runners
