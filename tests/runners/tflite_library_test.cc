// SPDX-License-Identifier: Apache-2.0
#include "runners/tflite_library.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <optional>
#include <string>

#include "core/error.h"
#include "tests/support/paths.h"

namespace qbench::runners {
namespace {

using ::testing::HasSubstr;

/// Sets an environment variable for one test.
class ScopedEnvironment {
 public:
  ScopedEnvironment(const char* name, const std::string& value) : name_(name) {
    if (const char* old = std::getenv(name); old != nullptr) old_ = old;
    setenv(name, value.c_str(), 1);
  }
  ~ScopedEnvironment() {
    if (old_) {
      setenv(name_, old_->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }
  ScopedEnvironment(const ScopedEnvironment&) = delete;
  ScopedEnvironment& operator=(const ScopedEnvironment&) = delete;

 private:
  const char* name_;
  std::optional<std::string> old_;
};

TEST(TfliteLibraryTest, OpensTheRequestedFile) {
  const TfliteLibrary library = TfliteLibrary::open(testing::stand_in("fake_tflite_ok"));
  EXPECT_STREQ(library.api().version(), "ok");
  EXPECT_EQ(library.path(), testing::stand_in("fake_tflite_ok"));
}

TEST(TfliteLibraryTest, TheRequestedFileWinsOverTheEnvironment) {
  const ScopedEnvironment environment("QBENCH_TFLITE_LIB", testing::stand_in("fake_tflite_slow"));
  EXPECT_STREQ(TfliteLibrary::open(testing::stand_in("fake_tflite_ok")).api().version(), "ok");
}

TEST(TfliteLibraryTest, TheEnvironmentWinsOverTheInstalledOne) {
  const ScopedEnvironment environment("QBENCH_TFLITE_LIB", testing::stand_in("fake_tflite_slow"));
  EXPECT_STREQ(TfliteLibrary::open({}).api().version(), "slow");
}

TEST(TfliteLibraryTest, AnUnusableFileOfTheEnvironmentIsAnErrorNotSkipped) {
  const ScopedEnvironment environment("QBENCH_TFLITE_LIB", "/nonexistent/libtensorflowlite_c.so");
  try {
    (void)TfliteLibrary::open({});
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("/nonexistent/libtensorflowlite_c.so"));
  }
}

TEST(TfliteLibraryTest, ALibraryOfAnotherKindIsRefusedByTheFunctionItLacks) {
  try {
    (void)TfliteLibrary::open(testing::stand_in("fake_delegate"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kRuntime);
    EXPECT_THAT(error.what(), HasSubstr("TfLiteVersion"));
  }
}

}  // namespace
}  // namespace qbench::runners
