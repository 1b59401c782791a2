// SPDX-License-Identifier: Apache-2.0
// What the history file goes through: other writers, sudden death, full disks, wrong permissions, damage.
#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <thread>

#include "core/error.h"
#include "core/files.h"
#include "core/metrics/random.h"
#include "reports/history/store.h"
#include "tests/support/night_record.h"
#include "tests/support/paths.h"

namespace qbench::reports::history {
namespace {

constexpr uid_t kNobody = 65534;

StoredRun small_night(std::uint64_t seed) {
  testing::NightPlan plan;
  plan.seed = seed;
  plan.created += static_cast<std::int64_t>(seed);
  plan.rounds = 10;
  return testing::night_run(plan);
}

/// A file system of its own of one megabyte, where that is allowed.
class TinyDisk {
 public:
  explicit TinyDisk(std::filesystem::path path) : path_(std::move(path)) {
    std::filesystem::create_directory(path_);
    mounted_ = ::mount("tmpfs", path_.c_str(), "tmpfs", 0, "size=1m") == 0;
  }
  ~TinyDisk() {
    if (mounted_) ::umount2(path_.c_str(), MNT_DETACH);
  }
  TinyDisk(const TinyDisk&) = delete;
  TinyDisk& operator=(const TinyDisk&) = delete;
  [[nodiscard]] bool mounted() const noexcept { return mounted_; }
  [[nodiscard]] std::filesystem::path file() const { return path_ / "history.db"; }

 private:
  std::filesystem::path path_;
  bool mounted_ = false;
};

class StoreFaultsTest : public ::testing::Test {
 protected:
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
  [[nodiscard]] std::filesystem::path path() const { return folder() / "history.db"; }
  /// A process that does `work` and ends with what it returns.
  [[nodiscard]] static pid_t start(const std::function<int()>& work) {
    const pid_t pid = ::fork();
    if (pid != 0) return pid;
    int code = 99;
    try {
      code = work();
    } catch (const std::exception& error) {
      fputs(error.what(), stderr);
    }
    ::_exit(code);
  }
  [[nodiscard]] static int exit_code_of(pid_t pid) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  /// The message of the error that adding a run gives; "" when it is added.
  [[nodiscard]] static std::string add_error(const std::filesystem::path& file, std::uint64_t seed = 1) {
    try {
      Store store(file, OpenMode::kWrite);
      (void)store.add(small_night(seed));
      return {};
    } catch (const Error& error) {
      const std::string text = error.what();
      return text.find('\n') == std::string::npos ? text : "more than one line: " + text;
    }
  }
  static void expect_sound(const std::filesystem::path& file) {
    SQLite::Database database(file.string(), SQLite::OPEN_READWRITE);
    EXPECT_EQ(database.execAndGet("PRAGMA integrity_check").getString(), "ok");
    EXPECT_EQ(database.execAndGet("SELECT count(*) FROM pragma_foreign_key_check").getInt(), 0);
    EXPECT_EQ(database.execAndGet("SELECT count(*) FROM run WHERE id NOT IN (SELECT run FROM cell)").getInt(), 0);
  }
  /// Adds runs until it cannot; every acknowledged one is a byte in the pipe.
  static int add_for_ever(const std::filesystem::path& file, int pipe) {
    Store store(file, OpenMode::kWrite);
    for (std::uint64_t seed = static_cast<std::uint64_t>(::getpid()) << 20;; ++seed) {
      (void)store.add(small_night(seed));
      if (::write(pipe, "a", 1) != 1) return 1;
    }
  }

 private:
  testing::TemporaryFolder folder_;
};

void expect_contains(const std::string& text, std::string_view part) {
  EXPECT_NE(text.find(part), std::string::npos) << text;
}

TEST_F(StoreFaultsTest, SeveralProcessesWriteAtOnce) {
  constexpr std::uint64_t kRuns = 8;
  std::vector<pid_t> writers;
  for (std::uint64_t writer = 0; writer < 3; ++writer) {
    writers.push_back(start([&] {
      for (std::uint64_t i = 0; i < kRuns; ++i) {
        Store store(path(), OpenMode::kWrite);  // the first ones make the file at the same time
        (void)store.add(small_night(1 + writer * kRuns + i));
      }
      return 0;
    }));
  }
  for (const pid_t writer : writers) EXPECT_EQ(exit_code_of(writer), 0);
  EXPECT_EQ(Store(path(), OpenMode::kRead).runs().size(), 3 * kRuns);
  expect_sound(path());
}

TEST_F(StoreFaultsTest, AKilledWriterLosesNothingThatWasAcknowledged) {
  metrics::Random random(5);
  std::size_t acknowledged = 0;
  { const Store store(path(), OpenMode::kWrite); }
  for (int round = 0; round < 12; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t writer = start([&] { return add_for_ever(path(), ends[1]); });
    ::close(ends[1]);
    char byte = 0;
    if (::read(ends[0], &byte, 1) == 1) ++acknowledged;  // however slow the machine is, it has begun
    std::this_thread::sleep_for(std::chrono::milliseconds(random.below(60)));
    ::kill(writer, SIGKILL);
    EXPECT_EQ(exit_code_of(writer), 128 + SIGKILL);
    while (::read(ends[0], &byte, 1) == 1) ++acknowledged;
    ::close(ends[0]);
  }
  const std::size_t kept = Store(path(), OpenMode::kRead).runs({}, 1000000).size();
  EXPECT_GE(kept, acknowledged);
  EXPECT_LE(kept, acknowledged + 12);  // committed, but killed before it could say so
  EXPECT_GT(acknowledged, 0U);
  expect_sound(path());
}

TEST_F(StoreFaultsTest, AFullDiskAddsNothingAndSaysSo) {
  const TinyDisk disk(folder() / "disk");
  if (!disk.mounted()) GTEST_SKIP() << "mounting a small tmpfs needs root: " << errno_text(errno);
  std::string error;
  std::uint64_t seed = 1;
  for (; error.empty() && seed < 5000; ++seed) error = add_error(disk.file(), seed);
  expect_contains(error, "the disk is full; nothing was added");
  EXPECT_EQ(Store(disk.file(), OpenMode::kRead).runs({}, 5000).size(), seed - 2);
  expect_sound(disk.file());
}

TEST_F(StoreFaultsTest, AFileThatMayNotGrowAddsNothingAndSaysSo) {
  ASSERT_EQ(add_error(path(), 1), "");
  const pid_t writer = start([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{200000, 200000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    for (std::uint64_t seed = 2; seed < 5000; ++seed) {
      const std::string error = add_error(path(), seed);
      if (!error.empty()) return error.find("nothing was added") != std::string::npos ? 0 : 1;
    }
    return 2;
  });
  EXPECT_EQ(exit_code_of(writer), 0);
  expect_sound(path());
  EXPECT_EQ(add_error(path(), 6000), "");  // and goes on when it may grow again
}

TEST_F(StoreFaultsTest, AReadOnlyFileCanBeReadButNotWritten) {
  ASSERT_EQ(add_error(path(), 1), "");
  std::filesystem::permissions(path(), std::filesystem::perms(0444));
  std::filesystem::permissions(folder(), std::filesystem::perms(0555));
  const pid_t reader = start([&] {
    if (::geteuid() == 0 && ::setresuid(kNobody, kNobody, kNobody) != 0) return 3;
    const std::string error = add_error(path(), 2);
    if (error.find("read-only") == std::string::npos) return fputs(error.c_str(), stderr), 1;
    return Store(path(), OpenMode::kRead).runs().size() == 1 ? 0 : 2;
  });
  EXPECT_EQ(exit_code_of(reader), 0);
  std::filesystem::permissions(folder(), std::filesystem::perms(0755));
}

TEST_F(StoreFaultsTest, AFolderThatIsNotThereIsNamed) {
  const std::string error = add_error(folder() / "missing" / "history.db");
  expect_contains(error, "missing/history.db");
  expect_contains(error, "cannot be opened");
}

TEST_F(StoreFaultsTest, ReadingDoesNotMakeAFile) {
  try {
    const Store store(path(), OpenMode::kRead);
    FAIL() << "opened";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
    expect_contains(error.what(), "there is no history");
  }
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(StoreFaultsTest, AFileThatIsNoDatabaseIsLeftAlone) {
  const std::string text(5000, 'q');
  write_file_atomic(path(), text);
  expect_contains(add_error(path()), "is not a qbench history");
  EXPECT_EQ(read_text_file(path()), text);
}

TEST_F(StoreFaultsTest, AFolderInsteadOfAFileIsRefused) {
  std::filesystem::create_directory(path());
  expect_contains(add_error(path()), "history.db");
}

TEST_F(StoreFaultsTest, ADamagedDatabaseIsNamedAndNeverCrashes) {
  for (std::uint64_t seed = 1; seed < 20; ++seed) ASSERT_EQ(add_error(path(), seed), "");
  const std::string sound = read_text_file(path());
  metrics::Random random(9);
  int noticed = 0;
  for (int round = 0; round < 60; ++round) {
    std::string damaged = sound;
    for (int i = 0; i < 2000; ++i)
      damaged[100 + random.below(damaged.size() - 100)] = static_cast<char>(random.below(256));
    write_file_atomic(path(), damaged);
    try {
      Store store(path(), OpenMode::kWrite);
      for (const RunInfo& run : store.runs()) (void)store.load(run.id);
      for (const SeriesInfo& series : store.series()) (void)store.points(series.id);
    } catch (const Error& error) {
      ++noticed;
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    }
    std::filesystem::remove(path().string() + "-wal");
    std::filesystem::remove(path().string() + "-shm");
  }
  EXPECT_GT(noticed, 40);
}

TEST_F(StoreFaultsTest, ACutFileIsDamaged) {
  for (std::uint64_t seed = 1; seed < 20; ++seed) ASSERT_EQ(add_error(path(), seed), "");
  const std::string sound = read_text_file(path());
  write_file_atomic(path(), std::string_view(sound).substr(0, sound.size() / 2));
  expect_contains(add_error(path(), 30), "is damaged");
}

}  // namespace
}  // namespace qbench::reports::history
