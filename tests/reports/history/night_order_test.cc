// SPDX-License-Identifier: Apache-2.0
#include "reports/history/night_order.h"

#include <gtest/gtest.h>

namespace qbench::reports::history {
namespace {

constexpr std::int64_t kOneDay = 24 * 3600;
constexpr std::int64_t kFirstNight = 1767225600;  // 2026-01-01

constexpr DateMark kNoMark = DateMark::kNone;

/// Runs of one board; created and added in days since kFirstNight, ids and places in the order given.
class Runs {
 public:
  Runs& add(double created, double added, std::int64_t board = 1) {
    const auto id = static_cast<RunId>(runs_.size()) + 1;
    runs_.push_back({id, id * kPlaceStride, board, moment(created), moment(added)});
    return *this;
  }
  Runs& nights(int count, int first = 0) {
    for (int i = 0; i < count; ++i) add(first + i, first + i);
    return *this;
  }
  Runs& undated() {
    runs_.push_back({static_cast<RunId>(runs_.size()) + 1, last_place(), 1, std::nullopt, kFirstNight});
    return *this;
  }
  [[nodiscard]] std::vector<DateMark> marks(double now) const { return date_marks(runs_, moment(now)); }
  [[nodiscard]] std::vector<RunId> by_date(double now) const { return ordered_by_date(runs_, moment(now)); }

  static std::int64_t moment(double days) { return kFirstNight + static_cast<std::int64_t>(days * double(kOneDay)); }

 private:
  [[nodiscard]] std::int64_t last_place() const { return (static_cast<std::int64_t>(runs_.size()) + 1) * kPlaceStride; }
  std::vector<RunClock> runs_;
};

constexpr double kDaysTo1970 = -20454;
constexpr double kDaysTo2036 = 3652;

std::vector<DateMark> all_fine_but(std::size_t count, std::size_t place, DateMark mark) {
  std::vector<DateMark> marks(count, kNoMark);
  marks[place] = mark;
  return marks;
}

TEST(NightOrderTest, OrdinaryNightsAreFine) {
  EXPECT_EQ(Runs().nights(20).marks(20), std::vector<DateMark>(20, kNoMark));
  EXPECT_TRUE(Runs().marks(0).empty());
}

TEST(NightOrderTest, ADateBeyondTheMomentOfAddingIsAhead) {
  EXPECT_EQ(Runs().nights(5).add(kDaysTo2036, 5).nights(3, 6).marks(9), all_fine_but(9, 5, DateMark::kAhead));
  EXPECT_EQ(Runs().nights(5).add(kDaysTo2036, 5).marks(5), all_fine_but(6, 5, DateMark::kAhead));
}

TEST(NightOrderTest, AClockThatWasAheadWhileAddingAsWellIsProvedWrongByTheNextNight) {
  const Runs alone = Runs().nights(5).add(kDaysTo2036, kDaysTo2036);
  EXPECT_EQ(alone.marks(kDaysTo2036), std::vector<DateMark>(6, kNoMark));
  EXPECT_EQ(alone.marks(6), all_fine_but(6, 5, DateMark::kAhead));
  EXPECT_EQ(Runs().nights(5).add(kDaysTo2036, kDaysTo2036).nights(1, 6).marks(6), all_fine_but(7, 5, DateMark::kAhead));
  EXPECT_EQ(Runs().add(kDaysTo2036, kDaysTo2036).nights(3).marks(3), all_fine_but(4, 0, DateMark::kAhead));
}

TEST(NightOrderTest, AClockThatWasNeverSetIsEarlyAndProvesNothing) {
  EXPECT_EQ(Runs().nights(5).add(kDaysTo1970, kDaysTo1970).nights(2, 6).marks(8), all_fine_but(8, 5, DateMark::kEarly));
  EXPECT_EQ(Runs().nights(5).marks(kDaysTo1970), std::vector<DateMark>(5, kNoMark));
  EXPECT_EQ(Runs().undated().nights(2).marks(2), all_fine_but(3, 0, DateMark::kUnreadable));
}

TEST(NightOrderTest, AClockThatFellBackIsBehindAndTheOthersStay) {
  EXPECT_EQ(Runs().nights(20).add(3, 3).marks(3), all_fine_but(21, 20, DateMark::kBehind));
  EXPECT_EQ(Runs().nights(20).add(3, 3).nights(2, 20).marks(22), all_fine_but(23, 20, DateMark::kBehind));
}

TEST(NightOrderTest, HoursOfSummerTimeAndZonesAreTolerated) {
  EXPECT_EQ(Runs().nights(3).add(1.5, 1.5).add(2.7, 1.9).nights(1, 3).marks(3), std::vector<DateMark>(6, kNoMark));
}

TEST(NightOrderTest, BoardsAreJudgedEachByItself) {
  EXPECT_EQ(Runs().nights(10).add(2, 10, 2).add(3, 11, 2).marks(11), std::vector<DateMark>(12, kNoMark));
  EXPECT_EQ(Runs().nights(10).add(2, 10).marks(11), all_fine_but(11, 10, DateMark::kBehind));
}

TEST(NightOrderTest, TheOrderOfDatesLeavesImpossibleOnesWhereTheyWereAdded) {
  const Runs runs = Runs().add(5, 10).add(1, 10).add(kDaysTo2036, 10).add(kDaysTo1970, 10).add(3, 11).undated();
  EXPECT_EQ(runs.by_date(12), (std::vector<RunId>{2, 3, 4, 5, 6, 1}));
}

TEST(NightOrderTest, MarksHaveWords) {
  for (const DateMark mark : {kNoMark, DateMark::kUnreadable, DateMark::kEarly, DateMark::kAhead, DateMark::kBehind}) {
    EXPECT_EQ(date_mark_from(date_mark_word(mark)), mark);
  }
  EXPECT_ANY_THROW((void)date_mark_from("odd"));
}

}  // namespace
}  // namespace qbench::reports::history
