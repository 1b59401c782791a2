// SPDX-License-Identifier: Apache-2.0
#include "core/sandbox/sandbox.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <thread>

#include "core/files.h"
#include "core/sandbox/landlock.h"
#include "core/scratch_folder.h"
#include "tests/core/sandbox/enclosed_child.h"

namespace qbench::sandbox {
namespace {

using qbench::testing::ChildReport;
using qbench::testing::result_name;
using qbench::testing::run_enclosed;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

bool has_landlock() { return landlock_abi(kernel_calls()) > 0; }

#ifdef __SANITIZE_ADDRESS__
constexpr bool kHasFilter = false;
#else
constexpr bool kHasFilter = true;
#endif

std::string open_result(const std::filesystem::path& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  const std::string name = result_name(fd);
  if (fd >= 0) ::close(fd);
  return name;
}

long no_landlock(long, unsigned long, unsigned long, unsigned long, unsigned long) {
  errno = ENOSYS;
  return -1;
}

long no_seccomp(unsigned int, unsigned int, void*) {
  errno = ENOSYS;
  return -1;
}

long old_landlock(long number, unsigned long a, unsigned long b, unsigned long c, unsigned long d) {
  const bool asks_version = number == 444 && c == 1;
  return asks_version ? 1 : kernel_calls().landlock(number, a, b, c, d);
}

long no_spec_allow(unsigned int operation, unsigned int flags, void* argument) {
  if (flags != 0) {
    errno = EINVAL;
    return -1;
  }
  return kernel_calls().seccomp(operation, flags, argument);
}

class SandboxTest : public ::testing::Test {
 protected:
  std::filesystem::path make_file(const char* name) {
    const std::filesystem::path path = folder_.path() / name;
    std::ofstream(path) << "secret";
    return path;
  }
  ScratchFolder folder_;
};

class SandboxFilterTest : public SandboxTest {
 protected:
  void SetUp() override {
    if (!kHasFilter) GTEST_SKIP() << "builds with AddressSanitizer have no filter";
  }
};

class SandboxFilesTest : public SandboxTest {
 protected:
  void SetUp() override {
    if (!has_landlock()) GTEST_SKIP() << "this kernel has no Landlock";
  }
};

TEST_F(SandboxTest, TellsWhatHolds) {
  const ChildReport child = run_enclosed({}, [] { return std::vector<std::string>(); });
  EXPECT_THAT(child.isolation, Contains("no_new_privs"));
  EXPECT_THAT(child.isolation, Contains("rlimits"));
  EXPECT_THAT(child.isolation, Contains("descriptors"));
  const std::vector<std::string> missing = missing_parts(child.isolation);
  EXPECT_EQ(std::ranges::count(missing, "landlock"), has_landlock() ? 0 : 1);
  EXPECT_EQ(std::ranges::count(missing, "seccomp"), kHasFilter ? 0 : 1);
}

TEST_F(SandboxFilesTest, FilesThatAreNotNamedCannotBeRead) {
  const auto open = make_file("open.txt");
  const auto secret = make_file("secret.txt");
  const ChildReport child = run_enclosed({.readable = {open}}, [&] {
    return std::vector{open_result(open, O_RDONLY), open_result(secret, O_RDONLY),
                       open_result("/etc/passwd", O_RDONLY)};
  });
  EXPECT_THAT(child.results, ElementsAre("ok", "EACCES", "EACCES"));
}

TEST_F(SandboxFilesTest, AFolderIsReadableWithAllBelowIt) {
  std::filesystem::create_directories(folder_.path() / "a" / "b");
  const auto file = make_file("a/b/x");
  const ChildReport child = run_enclosed({.readable = {folder_.path()}}, [&] {
    return std::vector{open_result(file, O_RDONLY), open_result(folder_.path(), O_RDONLY | O_DIRECTORY)};
  });
  EXPECT_THAT(child.results, ElementsAre("ok", "ok"));
}

TEST_F(SandboxFilesTest, NothingCanBeWrittenButWhatIsNamed) {
  const auto scores = make_file("scores");
  const auto other = make_file("other");
  const ChildReport child = run_enclosed({.readable = {folder_.path()}, .writable = {scores}}, [&] {
    return std::vector{open_result(scores, O_WRONLY), open_result(other, O_WRONLY),
                       open_result(folder_.path() / "new", O_WRONLY | O_CREAT)};
  });
  EXPECT_THAT(child.results, ElementsAre("ok", "EACCES", "EACCES"));
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "new"));
}

TEST_F(SandboxFilesTest, WhatTellsAboutTheMachineStaysReadable) {
  const ChildReport child = run_enclosed({}, [] {
    return std::vector{open_result("/proc/cpuinfo", O_RDONLY), open_result("/proc/meminfo", O_RDONLY),
                       open_result("/proc/self/status", O_RDONLY),
                       open_result("/sys/devices/system/cpu/online", O_RDONLY), open_result("/dev/null", O_RDWR)};
  });
  EXPECT_THAT(child.results, Each("ok"));
}

TEST_F(SandboxFilesTest, AnotherProcessCannotBeLookedInto) {
  const pid_t parent = ::getpid();
  const ChildReport child = run_enclosed({}, [parent] {
    const std::string folder = "/proc/" + std::to_string(parent);
    return std::vector{open_result(folder + "/mem", O_RDONLY), open_result(folder + "/environ", O_RDONLY),
                       open_result(folder + "/fd", O_RDONLY | O_DIRECTORY), open_result(folder + "/maps", O_RDONLY)};
  });
  EXPECT_THAT(child.results, Each("EACCES"));
}

TEST_F(SandboxFilesTest, LibrariesAreReadableWhereTheyAreLoaded) {
  const auto read_cache = [] { return std::vector{open_result("/etc/ld.so.cache", O_RDONLY)}; };
  EXPECT_THAT(run_enclosed({.loads_libraries = true}, read_cache).results, ElementsAre("ok"));
  EXPECT_THAT(run_enclosed({}, read_cache).results, ElementsAre("EACCES"));
}

TEST_F(SandboxFilesTest, TheFirstVersionOfLandlockDoes) {
  KernelCalls kernel = kernel_calls();
  kernel.landlock = old_landlock;
  const auto secret = make_file("secret");
  const ChildReport child = run_enclosed(
      {},
      [&] {
        return std::vector{open_result(secret, O_RDONLY), open_result("/proc/cpuinfo", O_RDONLY)};
      },
      kernel);
  EXPECT_THAT(child.isolation, Contains("landlock abi 1"));
  EXPECT_THAT(child.results, ElementsAre("EACCES", "ok"));
}

TEST_F(SandboxFilterTest, TheNetworkIsRefusedAndNamed) {
  const ChildReport child = run_enclosed({}, [] {
    return std::vector{result_name(::socket(AF_INET, SOCK_STREAM, 0)), result_name(::socket(AF_UNIX, SOCK_STREAM, 0)),
                       result_name(::socket(AF_NETLINK, SOCK_RAW, 0))};
  });
  EXPECT_THAT(child.results, Each("EPERM"));
  EXPECT_THAT(child.refusals, ElementsAre("open a socket"));
  EXPECT_THAT(child.standard_error, HasSubstr("refused by the sandbox: open a socket\n"));
}

TEST_F(SandboxFilterTest, DeviceEventsAreTheOnlySocketsOfADelegate) {
  const ChildReport child = run_enclosed({.device_events = true}, [] {
    return std::vector{result_name(::socket(AF_NETLINK, SOCK_RAW, 0)), result_name(::socket(AF_INET, SOCK_DGRAM, 0))};
  });
  EXPECT_THAT(child.results, ElementsAre("ok", "EPERM"));
}

TEST_F(SandboxFilterTest, OtherProcessesAreOutOfReach) {
  const pid_t parent = ::getpid();
  const ChildReport child = run_enclosed({}, [parent] {
    char byte = 0;
    iovec here{&byte, 1};
    iovec there{&byte, 1};
    const rlimit limit{0, 0};
    return std::vector{result_name(::kill(parent, SIGKILL)),
                       result_name(::ptrace(PTRACE_ATTACH, parent, 0, 0)),
                       result_name(::process_vm_readv(parent, &here, 1, &there, 1, 0)),
                       result_name(::prlimit(parent, RLIMIT_NOFILE, &limit, nullptr)),
                       result_name(::syscall(SYS_pidfd_open, parent, 0)),
                       result_name(::syscall(SYS_tgkill, parent, parent, SIGKILL))};
  });
  EXPECT_THAT(child.results, Each("EPERM"));
  EXPECT_THAT(child.refusals, UnorderedElementsAre("signal another process", "look into another process",
                                                   "change the limits of another process"));
}

TEST_F(SandboxFilterTest, ProgramsAreRefusedAndNamed) {
  const ChildReport child = run_enclosed({}, [] {
    char* const arguments[] = {nullptr};
    return std::vector{result_name(::execve("/bin/true", arguments, arguments)),
                       result_name(::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0))};
  });
  EXPECT_THAT(child.results, Each("EPERM"));
  EXPECT_THAT(child.refusals, ElementsAre("start a program", "start a process"));
}

TEST_F(SandboxFilterTest, FilesAndFoldersCannotBeChanged) {
  const auto file = make_file("file");
  const ChildReport child = run_enclosed({}, [&] {
    return std::vector{result_name(::unlink(file.c_str())), result_name(::chmod(file.c_str(), 0777)),
                       result_name(::mkdir((folder_.path() / "new").c_str(), 0700)),
                       result_name(::truncate(file.c_str(), 0))};
  });
  EXPECT_THAT(child.results, Each("EPERM"));
  EXPECT_THAT(child.refusals, ElementsAre("change files or folders"));
  EXPECT_EQ(std::filesystem::file_size(file), 6U);
}

TEST_F(SandboxFilterTest, TheKernelsDeeperPartsAreRefused) {
  const ChildReport child = run_enclosed({}, [] {
    return std::vector{result_name(::syscall(SYS_io_uring_setup, 1, nullptr)),
                       result_name(::syscall(SYS_bpf, 0, nullptr, 0)),
                       result_name(::syscall(SYS_userfaultfd, 0)),
                       result_name(::syscall(SYS_keyctl, 0, 0)),
                       result_name(::syscall(SYS_unshare, 0x10000000)),
                       result_name(::syscall(SYS_perf_event_open, nullptr, 0, -1, -1, 0))};
  });
  EXPECT_THAT(child.results, Each("EPERM"));
}

TEST_F(SandboxFilterTest, WhatHasBeenSetIsNotUndone) {
  const ChildReport child = run_enclosed({}, [] {
    struct sigaction action {};
    return std::vector{result_name(::prctl(PR_SET_PDEATHSIG, 0)),
                       result_name(::syscall(SYS_rt_sigaction, SIGSYS, &action, nullptr, 8))};
  });
  EXPECT_THAT(child.results, Each("EPERM"));
}

TEST_F(SandboxFilterTest, ThreadsClocksAndMemoryWorkAsBefore) {
  const ChildReport child = run_enclosed({}, [] {
    int sum = 0;
    std::thread([&sum] { sum = 42; }).join();
    std::vector<char> memory(std::size_t{64} << 20, 1);
    timespec now{};
    return std::vector{std::to_string(sum), result_name(::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now)),
                       result_name(::raise(SIGCONT))};
  });
  EXPECT_THAT(child.results, ElementsAre("42", "ok", "ok"));
  EXPECT_THAT(child.refusals, IsEmpty());
}

TEST_F(SandboxFilterTest, ACallThatIsNotKnownLooksAsOnAnOldKernel) {
  const ChildReport child = run_enclosed({}, [] {
    return std::vector{result_name(::syscall(4000)), result_name(::syscall(435, nullptr, 0))};  // the second: clone3
  });
  EXPECT_THAT(child.results, Each("ENOSYS"));
  EXPECT_THAT(child.refusals, IsEmpty());
}

TEST_F(SandboxFilterTest, AKernelWithoutTheFlagOfSpeculationGetsTheFilterAllTheSame) {
  KernelCalls kernel = kernel_calls();
  kernel.seccomp = no_spec_allow;
  const ChildReport child = run_enclosed(
      {}, [] { return std::vector{result_name(::socket(AF_INET, SOCK_STREAM, 0))}; }, kernel);
  EXPECT_THAT(child.isolation, Contains("seccomp"));
  EXPECT_THAT(child.results, ElementsAre("EPERM"));
}

TEST_F(SandboxFilterTest, WithoutLandlockNothingIsWrittenAtLeast) {
  KernelCalls kernel = kernel_calls();
  kernel.landlock = no_landlock;
  const auto file = make_file("file");
  const ChildReport child = run_enclosed(
      {},
      [&] {
        return std::vector{open_result(file, O_RDONLY), open_result(file, O_WRONLY),
                           open_result(folder_.path() / "new", O_CREAT | O_RDONLY)};
      },
      kernel);
  EXPECT_THAT(child.results, ElementsAre("ok", "EACCES", "EACCES"));
  EXPECT_THAT(child.refusals, Contains("write '" + file.string() + "'"));
  EXPECT_THAT(child.isolation, Not(Contains(StartsWith("landlock"))));
  EXPECT_THAT(missing_parts(child.isolation), ElementsAre("landlock"));
}

TEST_F(SandboxTest, AnOldKernelIsNoError) {
  const ChildReport child =
      run_enclosed({}, [] { return std::vector{result_name(::close(::socket(AF_INET, SOCK_DGRAM, 0)))}; },
                   {.landlock = no_landlock, .seccomp = no_seccomp});
  EXPECT_THAT(child.results, ElementsAre("ok"));
  EXPECT_THAT(missing_parts(child.isolation), ElementsAre("landlock", "seccomp"));
}

TEST_F(SandboxTest, DescriptorsAreClosedButThoseThatAreKept) {
  const UniqueFd kept(::open("/dev/null", O_RDONLY));
  const UniqueFd other(::open("/dev/null", O_RDONLY));
  const ChildReport child = run_enclosed({.kept_descriptors = {kept.get()}}, [&] {
    return std::vector{result_name(::fcntl(kept.get(), F_GETFD)), result_name(::fcntl(other.get(), F_GETFD))};
  });
  EXPECT_THAT(child.results, ElementsAre("ok", "EBADF"));
}

TEST_F(SandboxTest, AnOpenFileIsWrittenUpToTheLimit) {
  const auto file = make_file("scores");
  const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  const ChildReport child = run_enclosed({.largest_file = 8, .kept_descriptors = {fd.get()}}, [&] {
    return std::vector{result_name(::pwrite(fd.get(), "12345678", 8, 0)), result_name(::pwrite(fd.get(), "9", 1, 8))};
  });
  EXPECT_THAT(child.results, ElementsAre("ok", "EFBIG"));
}

TEST_F(SandboxFilterTest, AServerForksAndItsChildIsEnclosedFurther) {
  const ChildReport child = run_enclosed({.may_fork = true}, [] {
    ChildReport inner = run_enclosed({}, [] {
      return std::vector{result_name(::syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)),
                         result_name(::socket(AF_INET, SOCK_STREAM, 0)), open_result("/proc/self/status", O_RDONLY),
                         result_name(::raise(SIGCONT))};
    });
    return inner.results;
  });
  EXPECT_THAT(child.results, ElementsAre("EPERM", "EPERM", "ok", "ok"));
}

TEST_F(SandboxTest, RootLosesItsPowers) {
  if (::geteuid() != 0) GTEST_SKIP() << "for root only";
  const ChildReport child = run_enclosed({}, [] { return std::vector{result_name(::chroot("/"))}; });
  EXPECT_THAT(child.isolation, Contains("capabilities"));
  EXPECT_THAT(child.results, ElementsAre("EPERM"));
}

TEST_F(SandboxFilterTest, AnOrdinaryUserIsEnclosedAlike) {
  if (::geteuid() != 0) GTEST_SKIP() << "the other tests have shown it";
  const pid_t parent = ::getpid();
  const auto as_nobody = [parent] {
    constexpr uid_t kNobody = 65534;
    if (::setresgid(kNobody, kNobody, kNobody) != 0 || ::setresuid(kNobody, kNobody, kNobody) != 0) ::_exit(9);
    const ChildReport inner = run_enclosed({}, [parent] {
      return std::vector{result_name(::socket(AF_INET, SOCK_STREAM, 0)), open_result("/etc/passwd", O_RDONLY),
                         result_name(::kill(parent, SIGTERM))};
    });
    const bool refused = inner.results == std::vector<std::string>{"EPERM", has_landlock() ? "EACCES" : "ok", "EPERM"};
    ::_exit(refused && missing_parts(inner.isolation).empty() == has_landlock() ? 0 : 1);
  };
  EXPECT_EXIT(as_nobody(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace qbench::sandbox
