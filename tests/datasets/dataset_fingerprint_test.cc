// SPDX-License-Identifier: Apache-2.0
#include "datasets/dataset_fingerprint.h"

#include <gtest/gtest.h>

namespace qbench::datasets {
namespace {

struct Entry {
  Sample sample;
  std::string content;
};

std::string fingerprint(const std::vector<Entry>& entries) {
  DatasetFingerprint fingerprint;
  for (const Entry& entry : entries) fingerprint.add(entry.sample, entry.content);
  return fingerprint.finish();
}

TEST(DatasetFingerprintTest, EveryPartCounts) {
  const std::string base = fingerprint({{{.id = "a", .label = 1}, "11"}, {{.id = "b", .label = 2}, "22"}});
  EXPECT_EQ(base, fingerprint({{{.id = "a", .label = 1}, "11"}, {{.id = "b", .label = 2}, "22"}}));
  EXPECT_NE(base, fingerprint({{{.id = "b", .label = 2}, "22"}, {{.id = "a", .label = 1}, "11"}}));
  EXPECT_NE(base, fingerprint({{{.id = "a", .label = 0}, "11"}, {{.id = "b", .label = 2}, "22"}}));
  EXPECT_NE(base, fingerprint({{{.id = "a", .label = 1}, "11"}, {{.id = "c", .label = 2}, "22"}}));
  EXPECT_NE(base, fingerprint({{{.id = "a", .label = 1}, "11"}, {{.id = "b", .label = 2}, "23"}}));
}

TEST(DatasetFingerprintTest, IdsCannotRunIntoEachOther) {
  EXPECT_NE(fingerprint({{{.id = "ab", .label = 1}, ""}}), fingerprint({{{.id = "a", .label = 1}, "b"}}));
}

}  // namespace
}  // namespace qbench::datasets
