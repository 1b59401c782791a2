// SPDX-License-Identifier: Apache-2.0
#include "reports/history/schema.h"

#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>

#include "core/error.h"
#include "reports/history/run_codec.h"
#include "reports/history/store.h"
#include "tests/support/night_record.h"
#include "tests/support/paths.h"

namespace qbench::reports::history {
namespace {

class SchemaTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path path() const { return folder_.path() / "history.db"; }
  [[nodiscard]] SQLite::Database database() const {
    return {path().string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE};
  }
  /// A file as the first schema left it: one board, one run with a cell and two lanes, one series with a point.
  void make_first_version() const {
    SQLite::Database file = database();
    migrate(file, 1);
    file.exec(
        "INSERT INTO board VALUES(1, 'old-board', '', 'Old Board', '4 x A53', 'aarch64', 4);"
        "INSERT INTO subject VALUES(1, x'01', 'int8', x'aa', 'int8', 10, 9, 'tflite', 'auto', '', 1, '{}');"
        "INSERT INTO runtime VALUES(1, x'02', 'tflite', '2.9.0', 'lib', x'bb', 'xnnpack');");
    SQLite::Statement run(file,
                          "INSERT INTO run VALUES(7, x'03', 1700000000, 1700000001, 1, 'nightly', '0.1', 'c', 'beef', "
                          "'note', 0, NULL, NULL, ?)");
    const Bytes record = pack_record(Record{});
    run.bind(1, record.data(), static_cast<int>(record.size()));
    run.exec();
    file.exec(
        "INSERT INTO cell VALUES(1, 7, 1, 'int8', 'candidate', 'ok', NULL, NULL, NULL, NULL, NULL, NULL);"
        "INSERT INTO lane VALUES(1024, 1, 1, 'ok', '', 1, 5, 1, 0, 0, 0, 0, 0, x'');"
        "INSERT INTO series VALUES(3, 1, 'night', 'int8', 'int8', 'tflite', 'auto', '', 1, 1);"
        "INSERT INTO point VALUES(3, 1700000000, 7, NULL, 1024, 1024, 40, 'slower', 0.02, 0.01, 0.03, 0.5, 5.0);");
  }
  [[nodiscard]] static int version(SQLite::Database& file) { return file.execAndGet("PRAGMA user_version").getInt(); }
  /// The statements that made the tables and indexes, blanks apart.
  [[nodiscard]] static std::string tables(SQLite::Database& file) {
    return file.execAndGet("SELECT group_concat(sql) FROM (SELECT sql FROM sqlite_schema ORDER BY name)").getString();
  }

 private:
  testing::TemporaryFolder folder_;
};

TEST_F(SchemaTest, AFileOfTheFirstSchemaIsBroughtUpToDate) {
  make_first_version();
  {
    Store store(path(), OpenMode::kWrite);
    ASSERT_EQ(store.runs().size(), 1U);
    EXPECT_EQ(store.runs()[0].commit, "beef");
    EXPECT_EQ(store.runs()[0].branch, "");
    ASSERT_EQ(store.series().size(), 1U);
    EXPECT_EQ(store.series()[0].id, 3);
    ASSERT_EQ(store.points(3).size(), 1U);
    EXPECT_EQ(store.points(3)[0].answer, metrics::NightAnswer::kSlower);
    EXPECT_GT(store.points(3)[0].place, 0);
    EXPECT_EQ(store.pin(7, "now possible"), 1U);
    (void)store.add(testing::night_run({}), {.branch = "main"});
  }
  SQLite::Database file = database();
  EXPECT_EQ(version(file), kSchemaVersion);
  EXPECT_EQ(file.execAndGet("PRAGMA integrity_check").getString(), "ok");
  EXPECT_EQ(file.execAndGet("SELECT count(*) FROM pragma_foreign_key_check").getInt(), 0);
}

TEST_F(SchemaTest, NightsOfAnOlderFileKeepTheOrderOfTheirPossibleDates) {
  {
    SQLite::Database file = database();
    migrate(file, 2);
    file.exec("INSERT INTO board VALUES(1, 'b', '', 'B', 'cpu', 'aarch64', 4)");
    const Bytes record = pack_record(Record{});
    int id = 0;
    // In the order of adding: a night, two of earlier, one of 2036, one of 1970, the next night.
    for (const std::int64_t created : {1767484800LL, 1767225600LL, 1767312000LL, 2082758400LL, 10LL, 1767571200LL}) {
      SQLite::Statement run(file,
                            "INSERT INTO run(id, sha256, created, added, board, name, qbench_version, qbench_commit, "
                            "tested_commit, label, partial, record) VALUES(?, ?, ?, 1767571300, 1, '', '', '', '', '', "
                            "0, ?)");
      run.bind(1, ++id);
      run.bind(2, std::to_string(id));
      run.bind(3, created);
      run.bind(4, record.data(), static_cast<int>(record.size()));
      run.exec();
    }
  }
  const Store store(path(), OpenMode::kWrite);
  std::vector<RunId> order;
  for (const RunInfo& run : store.runs()) order.insert(order.begin(), run.id);
  EXPECT_EQ(order, (std::vector<RunId>{2, 3, 4, 5, 1, 6}));
  ASSERT_EQ(store.misdated().size(), 2U);
  EXPECT_EQ(store.misdated()[0].mark, DateMark::kAhead);
  EXPECT_EQ(store.misdated()[1].mark, DateMark::kEarly);
}

TEST_F(SchemaTest, ReadersBringItUpToDateToo) {
  make_first_version();
  EXPECT_EQ(Store(path(), OpenMode::kRead).series().size(), 1U);
}

TEST_F(SchemaTest, AnUpdatedFileHasTheTablesOfANewOne) {
  make_first_version();
  { const Store updated(path(), OpenMode::kWrite); }
  SQLite::Database file = database();
  SQLite::Database fresh(":memory:", SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  migrate(fresh);
  EXPECT_EQ(tables(file), tables(fresh));
}

TEST_F(SchemaTest, AStepThatFailsLeavesTheFileAsItWas) {
  make_first_version();
  SQLite::Database file = database();
  file.exec("CREATE TABLE pin(in_the_way INTEGER)");
  EXPECT_THROW(migrate(file), SQLite::Exception);
  EXPECT_EQ(version(file), 1);
  EXPECT_EQ(file.execAndGet("SELECT count(*) FROM pragma_table_info('run') WHERE name = 'branch'").getInt(), 0);
}

TEST_F(SchemaTest, AFileOfANewerSchemaIsLeftAlone) {
  { const Store store(path(), OpenMode::kWrite); }
  {
    SQLite::Database file = database();
    file.exec("PRAGMA user_version = 99");
  }
  for (const OpenMode mode : {OpenMode::kRead, OpenMode::kWrite}) {
    try {
      const Store store(path(), mode);
      FAIL() << "opened";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kConfig);
      EXPECT_NE(std::string(error.what()).find("newer qbench (schema 99"), std::string::npos) << error.what();
    }
  }
  SQLite::Database file = database();
  EXPECT_EQ(version(file), 99);
}

TEST_F(SchemaTest, AnotherProgramsDatabaseIsLeftAlone) {
  {
    SQLite::Database file = database();
    file.exec("CREATE TABLE bookmarks(id INTEGER)");
  }
  EXPECT_THROW(Store(path(), OpenMode::kWrite), Error);
  SQLite::Database file = database();
  EXPECT_EQ(file.execAndGet("SELECT count(*) FROM sqlite_schema").getInt(), 1);
}

}  // namespace
}  // namespace qbench::reports::history
