// SPDX-License-Identifier: Apache-2.0
// qbench history on runs of the program itself and on simulated nights.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <algorithm>
#include <cstdlib>

#include "core/files.h"
#include "reports/json_report.h"
#include "tests/e2e/command_line.h"
#include "tests/e2e/tiny_set.h"
#include "tests/support/night_record.h"

namespace qbench::testing {
namespace {

class HistoryTest : public ::testing::Test {
 protected:
  /// A result folder of a simulated night.
  [[nodiscard]] std::string result(const NightPlan& plan) const {
    const auto folder = folder_.path() / std::to_string(plan.seed);
    std::filesystem::create_directory(folder);
    const Record record = night_record(plan);
    const reports::Comparison comparison = reports::compare_cells(record);
    write_file_atomic(folder / "report.json", reports::json_report_text({record, comparison}));
    return folder.string();
  }
  /// `night` days after the first one.
  [[nodiscard]] std::string night(int number, double slower = 0.0, int second = 0) const {
    NightPlan plan;
    plan.seed = static_cast<std::uint64_t>(2 * number + second + 1);
    plan.created += number * 86400 + second;
    plan.slower = slower;
    return result(plan);
  }
  [[nodiscard]] ProgramResult history(std::vector<std::string> arguments,
                                      std::vector<std::string> environment = {}) const {
    arguments.insert(arguments.begin(), "history");
    environment.push_back("QBENCH_HISTORY=" + db());
    return run_qbench(arguments, environment);
  }
  [[nodiscard]] std::string db() const { return (folder_.path() / "history.db").string(); }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }

 private:
  TemporaryFolder folder_;
};

TEST_F(HistoryTest, ARunOfTheProgramIsKeptListedAndComesBack) {
  const TinySet set;
  ASSERT_EQ(run_qbench(set.run({"fp32", "int8"})).exit_code, 0);
  const ProgramResult added = history({"add", set.results(), "--label", "first"}, {"GITHUB_SHA=c0ffee"});
  ASSERT_EQ(added.exit_code, 0) << added.err;
  EXPECT_NE(added.out.find("added as run 1: 4 lanes, 2 series"), std::string::npos) << added.out;
  const auto list = nlohmann::json::parse(history({"list", "--json"}).out);
  EXPECT_EQ(list.at("runs")[0].at("commit"), "c0ffee");
  EXPECT_EQ(list.at("runs")[0].at("label"), "first");
  const ProgramResult samples = history({"export", "--samples", "1"});
  const auto lines = std::count(samples.out.begin(), samples.out.end(), '\n');
  std::size_t timed = 0;
  for (const char* cell : {"fp32", "int8"}) {
    for (const int batch : {1, 4}) {
      const nlohmann::json lane = lane_of(read_report(set.results()), cell, batch);
      for (const auto& block : lane.at("blocks")) {
        timed += block.at("samples_ns").size();
      }
    }
  }
  EXPECT_EQ(static_cast<std::size_t>(lines), timed + 1);
}

TEST_F(HistoryTest, AddingTheSameRunAgainIsOneLineAndNoError) {
  const std::string run = night(0);
  ASSERT_EQ(history({"add", run}).exit_code, 0);
  const ProgramResult again = history({"add", run});
  EXPECT_EQ(again.exit_code, 0);
  EXPECT_NE(again.out.find("is run 1 already; nothing was added"), std::string::npos) << again.out;
}

TEST_F(HistoryTest, ARegressionEndsWithThreeOnlyWhenItIsConfirmed) {
  for (int i = 0; i < 4; ++i) ASSERT_EQ(history({"add", night(i)}).exit_code, 0);
  EXPECT_EQ(history({"check"}).exit_code, 0);
  ASSERT_EQ(history({"add", night(4, 0.03)}).exit_code, 0);
  const ProgramResult open = history({"check"});
  EXPECT_EQ(open.exit_code, 0);
  EXPECT_TRUE(open.out.ends_with("state: confirm-needed\n")) << open.out;
  ASSERT_EQ(history({"add", "--confirm", night(4, 0.03, 1)}).exit_code, 0);
  const ProgramResult alarm = history({"check"});
  EXPECT_EQ(alarm.exit_code, 3);
  EXPECT_TRUE(alarm.out.ends_with("state: alarm\n")) << alarm.out;
  EXPECT_EQ(nlohmann::json::parse(history({"check", "--json"}).out).at("state"), "alarm");
  EXPECT_EQ(history({"check", "--series", "A/A"}).exit_code, 0);
}

TEST_F(HistoryTest, AMissedGateEndsWithThree) {
  ASSERT_EQ(history({"add", night(0)}).exit_code, 0);
  EXPECT_EQ(history({"check", "--gate", "size<=+0%"}).exit_code, 0);
  EXPECT_EQ(history({"check", "--gate", "size<=-10%"}).exit_code, 3);
  EXPECT_EQ(history({"check", "--gate", "sizes<=-10%"}).exit_code, 2);
}

TEST_F(HistoryTest, PinsAndExportsGoThroughTheProgram) {
  ASSERT_EQ(history({"add", night(0), night(1)}).exit_code, 0);
  const ProgramResult pinned = history({"pin", "--night", "2", "--note", "new runtime"});
  EXPECT_EQ(pinned.exit_code, 0) << pinned.err;
  EXPECT_NE(history({"list"}).out.find("new runtime"), std::string::npos);
  const auto page = folder() / "history.html";
  EXPECT_EQ(history({"export", "--format", "html", "-o", page.string()}).exit_code, 0);
  EXPECT_NE(read_text_file(page).find("<svg"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(history({"export", "--format", "json"}).out).size(), 2U);
  EXPECT_EQ(history({"pin", "--night", "9"}).exit_code, 2);
}

TEST_F(HistoryTest, WrongFilesAreUsageErrorsOfOneLine) {
  write_file_atomic(folder() / "text.db", std::string_view("no database at all, but long enough to be read as one"));
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"check"},
                                                    {"list"},
                                                    {"export"},
                                                    {"add", "no-such-result"},
                                                    {"add", night(0), "--confirm"},
                                                    {"add", night(0), "--db", (folder() / "text.db").string()},
                                                    {"check", "--db", (folder() / "text.db").string()},
                                                    {"export", "--samples", "-1"},
                                                    {"export", "--format", "xml"},
                                                    {}}) {
    const ProgramResult result = history(arguments);
    EXPECT_EQ(result.exit_code, 2) << (arguments.empty() ? "" : arguments[0]);
    EXPECT_EQ(std::count(result.err.begin(), result.err.end(), '\n'), 1) << result.err;
  }
}

TEST_F(HistoryTest, TheNightlyScriptRunsKeepsAndChecksANight) {
  const TinySet set;
  const auto link = [&](const std::string& prefix) {
    std::filesystem::create_directories(folder() / prefix);
    std::filesystem::create_directory_symlink(std::filesystem::path(QBENCH_PROGRAM).parent_path(),
                                              folder() / prefix / "bin");
    return (folder() / prefix).string();
  };
  const std::string script = (std::filesystem::path(QBENCH_CONFIGS).parent_path() / "scripts/nightly.sh").string();
  const std::string command = "bash '" + script + "' --reference '" + link("reference") + "' --candidate '" +
                              link("candidate") + "' --model '" + set.model("fp32").string() + "' --data '" +
                              set.images().string() + "' --results '" + (folder() / "results").string() + "' --db '" +
                              db() + "' --commit c0ffee -- --batch 1 --rounds 12 --recipe raw255 > '" +
                              (folder() / "log").string() + "' 2>&1";
  const int status = std::system(command.c_str());
  const std::string log = read_text_file(folder() / "log");
  // Two equal builds: whatever the machine did in these few rounds, it is no confirmed regression.
  EXPECT_EQ(WEXITSTATUS(status), 0) << log;
  EXPECT_NE(log.find("state: quiet"), std::string::npos) << log;
  const auto list = nlohmann::json::parse(history({"list", "--json"}).out);
  EXPECT_EQ(list.at("runs").back().at("commit"), "c0ffee");
  EXPECT_EQ(list.at("series").size(), 2U);  // the candidate and the canary
}

TEST_F(HistoryTest, HelpShowsAnExample) {
  EXPECT_NE(history({"add", "--help"}).out.find("Example"), std::string::npos);
  EXPECT_NE(history({"check", "--help"}).out.find("confirm-needed"), std::string::npos);
}

TEST_F(HistoryTest, ImpossibleDatesAreSaidAndHideNothing) {
  for (int i = 0; i < 8; ++i) ASSERT_EQ(history({"add", night(i)}).exit_code, 0);
  NightPlan odd;
  odd.seed = 900;
  odd.created = 4102444800;  // 2100
  const ProgramResult added = history({"add", result(odd)});
  EXPECT_EQ(added.exit_code, 0);
  EXPECT_NE(added.err.find("the date 2100-01-01T00:00:00Z of run 9 lies in the future"), std::string::npos)
      << added.err;
  ASSERT_EQ(history({"add", night(9, 0.2)}).exit_code, 0);
  ASSERT_EQ(history({"add", "--confirm", night(9, 0.2, 600)}).exit_code, 0);
  const ProgramResult check = history({"check"});
  EXPECT_EQ(check.exit_code, 3) << check.out;
  EXPECT_NE(check.out.find("dates: 1 run has an impossible one"), std::string::npos) << check.out;
  const ProgramResult repair = history({"repair", "--dry-run"});
  EXPECT_EQ(repair.exit_code, 0) << repair.err;
  EXPECT_NE(repair.out.find("nothing was changed; a repair would leave: 11 runs, 0 dropped"), std::string::npos);
  EXPECT_EQ(nlohmann::json::parse(history({"repair", "--by-date", "--json"}).out).at("runs"), 11);
}

TEST_F(HistoryTest, SeveralRunsAtOnceAreNightsInTheOrderOfTheirDates) {
  ASSERT_EQ(history({"add", night(2), night(0), night(3)}).exit_code, 0);
  const ProgramResult old = history({"add", "--backfill", night(1)});
  EXPECT_NE(old.out.find("placed before night 2"), std::string::npos) << old.out;
  std::vector<std::string> dates;
  const nlohmann::json list = nlohmann::json::parse(history({"list", "--json"}).out);
  for (const auto& run : list.at("runs")) {
    dates.push_back(run.at("created_utc"));
  }
  EXPECT_TRUE(std::is_sorted(dates.rbegin(), dates.rend()));
  EXPECT_EQ(dates.size(), 4U);
}

}  // namespace
}  // namespace qbench::testing
