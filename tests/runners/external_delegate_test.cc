// SPDX-License-Identifier: Apache-2.0
#include "runners/external_delegate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "core/error.h"
#include "tests/support/paths.h"

namespace qbench::runners {
namespace {

using ::testing::HasSubstr;

DelegateOptions fake(std::map<std::string, std::string> options) {
  return {.library = testing::stand_in("fake_delegate"), .options = std::move(options)};
}

Error failure_of(const DelegateOptions& options) {
  try {
    const ExternalDelegate delegate(options);
  } catch (const Error& error) {
    return error;
  }
  return Error(ErrorCode::kUsage, "no error");
}

TEST(ExternalDelegateTest, MakesADelegate) {
  const ExternalDelegate delegate(fake({{"mode", "ok"}}));
  EXPECT_NE(delegate.get(), nullptr);
  EXPECT_GE(delegate.create_ms(), 0.0);
}

TEST(ExternalDelegateTest, NullWithoutAWordPointsAtTheProbe) {
  const Error error = failure_of(fake({{"mode", "null"}}));
  EXPECT_EQ(error.code(), ErrorCode::kDevice);
  EXPECT_THAT(error.what(), HasSubstr("gave no reason"));
  EXPECT_THAT(error.what(), HasSubstr("qbench probe"));
}

TEST(ExternalDelegateTest, NullWithAReasonCarriesIt) {
  const Error error = failure_of(fake({{"mode", "error"}}));
  EXPECT_EQ(error.code(), ErrorCode::kDevice);
  EXPECT_THAT(error.what(), HasSubstr("no device of this kind"));
}

TEST(ExternalDelegateTest, ASlowFailureTellsHowLongItTook) {
  const Error error = failure_of(fake({{"mode", "slow_null"}, {"delay_ms", "60"}}));
  EXPECT_EQ(error.code(), ErrorCode::kDevice);
  EXPECT_THAT(error.what(), ::testing::ContainsRegex("after [6-9][0-9] ms|after [0-9][0-9][0-9]+ ms"));
}

TEST(ExternalDelegateTest, AMissingLibraryIsNamed) {
  const Error error = failure_of({.library = "libno-such-delegate.so.1", .options = {}});
  EXPECT_EQ(error.code(), ErrorCode::kRuntime);
  EXPECT_THAT(error.what(), HasSubstr("libno-such-delegate.so.1"));
}

TEST(ExternalDelegateTest, ALibraryOfAnotherKindIsRefused) {
  const Error error = failure_of({.library = testing::stand_in("fake_tflite_ok"), .options = {}});
  EXPECT_EQ(error.code(), ErrorCode::kRuntime);
  EXPECT_THAT(error.what(), HasSubstr("not a delegate plug-in"));
}

TEST(ExternalDelegateDeathTest, AnAbortingLibraryTakesTheProcessWithIt) {
  EXPECT_DEATH(ExternalDelegate(fake({{"mode", "abort_create"}})), "");
}

}  // namespace
}  // namespace qbench::runners
