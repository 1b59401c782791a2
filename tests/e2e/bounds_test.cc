// SPDX-License-Identifier: Apache-2.0
// Runtimes that hang, crash and eat memory, and files that are none, on every road but `run`: each ends soon, with one
// line and the right exit code.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "tests/e2e/command_line.h"
#include "tests/e2e/variant_set.h"

namespace qbench::testing {
namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitizedBounds = true;
#else
constexpr bool kSanitizedBounds = false;
#endif

/// Runs qbench with at most ten seconds of time.
ProgramResult run_bounded(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"10", QBENCH_PROGRAM, "-q"});
  return run_program("/usr/bin/timeout", arguments);
}

class BoundsTest : public ::testing::Test {
 protected:
  /// A command that runs the model through the stand-in library of this flavour.
  [[nodiscard]] ProgramResult with_library(std::vector<std::string> command, const std::string& flavour,
                                           const char* seconds) const {
    for (const char* more : {"--load-timeout-s", seconds, "--request-timeout-s", seconds, "--memory-limit-mb", "128",
                             "--recipe", "raw255", "--jobs", "1"}) {
      command.emplace_back(more);
    }
    command.insert(command.end(), {"--library", stand_in("fake_tflite_" + flavour).string()});
    return run_bounded(command);
  }
  [[nodiscard]] std::vector<std::string> quantize() const {
    return {"quantize", set_.model(), "--to", "int8", "--calibrate", set_.images(), "-o", set_.output()};
  }
  [[nodiscard]] std::vector<std::string> explain() const {
    return {"explain", set_.model(), set_.model(), set_.images()};
  }

  void expect_failure(const std::string& flavour, const std::string& words, const char* seconds = "1") const {
    for (const std::vector<std::string>& command : {quantize(), explain()}) {
      const ProgramResult result = with_library(command, flavour, seconds);
      EXPECT_EQ(result.exit_code, 1) << result.err;
      EXPECT_TRUE(mentions(result.err, words)) << result.err;
      EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << result.err;
    }
    EXPECT_FALSE(std::filesystem::exists(set_.output()));
  }

  VariantSet set_;
};

TEST_F(BoundsTest, ALibraryThatHangsWhileLoading) {
  expect_failure("hang_load", "timeout in stage 'load': no answer within 1 s");
}

TEST_F(BoundsTest, ALibraryThatHangs) { expect_failure("hang_invoke", "timeout in stage"); }

TEST_F(BoundsTest, ALibraryThatCrashes) {
  if (kSanitizedBounds) GTEST_SKIP() << "the sanitizer handles the signal";
  expect_failure("crash_invoke", "signal 11 (SEGV");
}

TEST_F(BoundsTest, ALibraryThatAborts) { expect_failure("abort_invoke", "signal 6 (ABRT"); }

TEST_F(BoundsTest, ALibraryThatAllocatesWithoutEnd) {
  if (kSanitizedBounds) GTEST_SKIP() << "memory limits cannot be set under AddressSanitizer";
  expect_failure("alloc_forever", "memory", "8");
}

TEST_F(BoundsTest, ALimitOutOfRangeIsRefused) {
  std::vector<std::string> command = quantize();
  command.insert(command.end(), {"--load-timeout-s", "0"});
  EXPECT_TRUE(mentions(complaint(command), "load_timeout_s"));
}

/// A command line in which "FILE" stands for a file that is none.
struct OddFile {
  const char* name;
  std::vector<std::string> command;
};

class OddFileTest : public ::testing::TestWithParam<OddFile> {
 protected:
  /// Replaces the words for paths.
  [[nodiscard]] std::vector<std::string> command(const std::string& odd) const {
    std::vector<std::string> arguments = GetParam().command;
    for (std::string& argument : arguments) {
      if (argument == "FILE") argument = odd;
      if (argument == "MODEL") argument = set_.model();
      if (argument == "DATA") argument = set_.images();
      if (argument == "OUT") argument = set_.output();
    }
    return arguments;
  }

  VariantSet set_;
};

TEST_P(OddFileTest, APipeADeviceASocketAndAFolderAreRefusedAtOnce) {
  const auto pipe = set_.path() / "pipe.json";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const auto socket = set_.path() / "socket.json";
  ASSERT_EQ(::mknod(socket.c_str(), S_IFSOCK | 0600, 0), 0);
  const auto folder = set_.path() / "folder.json";
  std::filesystem::create_directory(folder);
  for (const std::string& odd : {pipe.string(), socket.string(), folder.string(), std::string("/dev/zero")}) {
    const ProgramResult result = run_bounded(command(odd));
    EXPECT_EQ(result.exit_code, 2) << odd << ": " << result.err;
    EXPECT_EQ(std::ranges::count(result.err, '\n'), 1) << odd << ": " << result.err;
  }
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
}

INSTANTIATE_TEST_SUITE_P(
    Commands, OddFileTest,
    ::testing::Values(
        OddFile{"InspectModel", {"inspect", "FILE"}}, OddFile{"InspectDot", {"inspect", "MODEL", "--dot", "FILE"}},
        OddFile{"ConvertModel", {"convert", "FILE", "-o", "OUT"}},
        OddFile{"ConvertOutput", {"convert", "MODEL", "--force", "-o", "FILE"}},
        OddFile{"QuantizeModel", {"quantize", "FILE", "--to", "fp16"}},
        OddFile{"QuantizeData", {"quantize", "MODEL", "--to", "int8", "--calibrate", "FILE"}},
        OddFile{"QuantizeLibrary",
                {"quantize", "MODEL", "--to", "int8", "--calibrate", "DATA", "-o", "OUT", "--recipe", "unit",
                 "--library", "FILE"}},
        OddFile{"QuantizeRecipe",
                {"quantize", "MODEL", "--to", "int8", "--calibrate", "DATA", "-o", "OUT", "--recipe", "FILE"}},
        OddFile{"ExplainFloat", {"explain", "FILE", "MODEL", "DATA"}},
        OddFile{"ExplainOther", {"explain", "MODEL", "FILE", "DATA"}},
        OddFile{"ExplainData", {"explain", "MODEL", "MODEL", "FILE"}},
        OddFile{"RecipeModel", {"recipe", "FILE", "DATA"}}, OddFile{"RecipeData", {"recipe", "MODEL", "FILE"}},
        OddFile{"RecipeLabels", {"recipe", "MODEL", "DATA", "--labels", "FILE"}},
        OddFile{"RunConfig", {"run", "FILE", "-o", "OUT"}},
        OddFile{"RunLabels", {"run", "-m", "MODEL", "-d", "DATA", "--labels", "FILE", "-o", "OUT"}},
        OddFile{"RunData", {"run", "-m", "MODEL", "-d", "FILE", "-o", "OUT"}},
        OddFile{"Compare", {"compare", "FILE", "FILE"}}, OddFile{"Report", {"report", "FILE"}}),
    [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace qbench::testing
