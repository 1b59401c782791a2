// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/landlock.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cstdint>

#include "core/files.h"

namespace qbench::sandbox {
namespace {

// linux/landlock.h of Debian 12 ends before the network rules: numbers and layouts of the kernel's interface, which are
// the same on every architecture.
constexpr long kCreateRuleset = 444;
constexpr long kAddRule = 445;
constexpr long kRestrictSelf = 446;
constexpr unsigned long kAskVersion = 1;
constexpr unsigned long kPathBeneath = 1;

struct RulesetAttributes {
  std::uint64_t files = 0;
  std::uint64_t network = 0;  // since version 4
  std::uint64_t scoped = 0;   // since version 6
};
struct [[gnu::packed]] PathBeneathAttributes {
  std::uint64_t allowed = 0;
  std::int32_t folder = -1;
};

constexpr std::uint64_t kWriteFile = 1U << 1;
constexpr std::uint64_t kReadFile = 1U << 2;
constexpr std::uint64_t kReadFolder = 1U << 3;
constexpr std::uint64_t kAllOfVersion1 = (1U << 13) - 1;  // execute ... make symbolic links
constexpr std::uint64_t kRefer = 1U << 13;                // since version 2
constexpr std::uint64_t kTruncate = 1U << 14;             // since version 3
constexpr std::uint64_t kDeviceIoctl = 1U << 15;          // since version 5
constexpr std::uint64_t kBothOfTcp = 3;
constexpr std::uint64_t kAbstractSocketsAndSignals = 3;

constexpr int kSinceRefer = 2;
constexpr int kSinceTruncate = 3;
constexpr int kSinceNetwork = 4;
constexpr int kSinceIoctl = 5;
constexpr int kSinceScopes = 6;

std::uint64_t handled_rights(int abi) {
  std::uint64_t rights = kAllOfVersion1;
  if (abi >= kSinceRefer) rights |= kRefer;
  if (abi >= kSinceTruncate) rights |= kTruncate;
  if (abi >= kSinceIoctl) rights |= kDeviceIoctl;
  return rights;
}

UniqueFd make_ruleset(int abi, const KernelCalls& kernel) {
  RulesetAttributes attributes{.files = handled_rights(abi)};
  std::size_t size = sizeof attributes.files;
  if (abi >= kSinceNetwork) {
    attributes.network = kBothOfTcp;
    size += sizeof attributes.network;
  }
  if (abi >= kSinceScopes) {
    attributes.scoped = kAbstractSocketsAndSignals;
    size += sizeof attributes.scoped;
  }
  return UniqueFd(
      static_cast<int>(kernel.landlock(kCreateRuleset, reinterpret_cast<unsigned long>(&attributes), size, 0, 0)));
}

void allow(int ruleset, const std::filesystem::path& path, std::uint64_t rights, const KernelCalls& kernel) {
  const UniqueFd place(::open(path.c_str(), O_PATH | O_CLOEXEC));
  struct stat info {};
  if (!place || ::fstat(place.get(), &info) != 0) return;
  if (!S_ISDIR(info.st_mode)) rights &= ~kReadFolder;  // a right of folders is an error on a file
  const PathBeneathAttributes attributes{.allowed = rights, .folder = place.get()};
  (void)kernel.landlock(kAddRule, static_cast<unsigned long>(ruleset), kPathBeneath,
                        reinterpret_cast<unsigned long>(&attributes), 0);
}

}  // namespace

int landlock_abi(const KernelCalls& kernel) {
  const long version = kernel.landlock(kCreateRuleset, 0, 0, kAskVersion, 0);
  return version > 0 ? static_cast<int>(version) : 0;
}

bool restrict_files(const FileRules& rules, int abi, const KernelCalls& kernel) {
  const UniqueFd ruleset = make_ruleset(abi, kernel);
  if (!ruleset) return false;
  const std::uint64_t known = handled_rights(abi);
  for (const auto& path : rules.readable) allow(ruleset.get(), path, kReadFile | kReadFolder, kernel);
  for (const auto& path : rules.writable) allow(ruleset.get(), path, kReadFile | kWriteFile, kernel);
  const std::uint64_t device_rights = (kReadFile | kWriteFile | kReadFolder | kDeviceIoctl) & known;
  for (const auto& path : rules.devices) allow(ruleset.get(), path, device_rights, kernel);
  return kernel.landlock(kRestrictSelf, static_cast<unsigned long>(ruleset.get()), 0, 0, 0) == 0;
}

}  // namespace qbench::sandbox
