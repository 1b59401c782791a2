// SPDX-License-Identifier: Apache-2.0
#include "reports/history/night_order.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <numeric>

#include "core/error.h"

namespace qbench::reports::history {
namespace {

constexpr std::array<std::string_view, 5> kMarkWords{"", "unreadable", "early", "ahead", "behind"};
constexpr std::array<std::string_view, 5> kMarkTexts{
    "", "is missing or unreadable", "is before 2024, so the clock was not set",
    "lies in the future of the moment at which it was added", "is earlier than that of a night before it"};
constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

/// Places of the longest part of `times` that never falls; of several the one that ends earliest.
std::vector<std::size_t> longest_rise(std::span<const std::int64_t> times) {
  std::vector<std::size_t> ends;  // of the rises of length 1, 2, ...: where the one with the smallest last time ends
  std::vector<std::size_t> before(times.size(), times.size());
  for (std::size_t i = 0; i < times.size(); ++i) {
    const auto end = std::upper_bound(ends.begin(), ends.end(), times[i],
                                      [&](std::int64_t time, std::size_t other) { return time < times[other]; });
    if (end != ends.begin()) before[i] = *(end - 1);
    if (end == ends.end()) {
      ends.push_back(i);
    } else {
      *end = i;
    }
  }
  std::vector<std::size_t> rise;
  for (std::size_t at = ends.empty() ? times.size() : ends.back(); at < times.size(); at = before[at]) {
    rise.push_back(at);
  }
  std::ranges::reverse(rise);
  return rise;
}

template <typename Less>
std::vector<std::size_t> places_sorted(std::span<const RunClock> runs, Less less) {
  std::vector<std::size_t> order(runs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return less(runs[a], runs[b]); });
  return order;
}

bool added_before(const RunClock& a, const RunClock& b) { return a.id < b.id; }

/// For each run the latest moment at which it can have been made.
std::vector<std::int64_t> latest_moments(std::span<const RunClock> runs, std::int64_t now) {
  const std::vector<std::size_t> order = places_sorted(runs, added_before);
  std::vector<std::int64_t> times;
  std::vector<std::size_t> positions;  // in `order`; order.size() is now
  for (std::size_t i = 0; i <= order.size(); ++i) {
    const std::int64_t time = i < order.size() ? runs[order[i]].added : now;
    if (time < kFirstDate) continue;
    times.push_back(time);
    positions.push_back(i);
  }
  std::vector<std::int64_t> known(order.size() + 1, kNever);
  for (const std::size_t place : longest_rise(times)) known[positions[place]] = times[place];
  std::vector<std::int64_t> latest(runs.size(), kNever);
  std::int64_t next = known.back();
  for (std::size_t i = order.size(); i-- > 0;) {
    if (known[i] != kNever) next = known[i];
    latest[order[i]] = next;
  }
  return latest;
}

/// Without kBehind, which needs an order of nights.
std::vector<DateMark> marks_by_clock(std::span<const RunClock> runs, std::int64_t now) {
  const std::vector<std::int64_t> latest = latest_moments(runs, now);
  std::vector<DateMark> marks(runs.size(), DateMark::kNone);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const auto& created = runs[i].created;
    if (!created) {
      marks[i] = DateMark::kUnreadable;
    } else if (*created < kFirstDate) {
      marks[i] = DateMark::kEarly;
    } else if (*created - kClockTolerance > latest[i]) {
      marks[i] = DateMark::kAhead;
    }
  }
  return marks;
}

}  // namespace

std::string_view date_mark_word(DateMark mark) noexcept { return kMarkWords[static_cast<std::size_t>(mark)]; }
std::string_view date_mark_text(DateMark mark) noexcept { return kMarkTexts[static_cast<std::size_t>(mark)]; }

DateMark date_mark_from(std::string_view word) {
  const auto* const found = std::ranges::find(kMarkWords, word);
  if (found != kMarkWords.end()) return static_cast<DateMark>(found - kMarkWords.begin());
  throw Error(ErrorCode::kConfig, "the history holds the unknown word '{}'; was it made by a newer qbench?", word);
}

std::vector<DateMark> date_marks(std::span<const RunClock> runs, std::int64_t now) {
  std::vector<DateMark> marks = marks_by_clock(runs, now);
  std::map<std::int64_t, std::int64_t> newest;  // by board
  const auto in_order = [](const RunClock& a, const RunClock& b) {
    return a.place != b.place ? a.place < b.place : a.id < b.id;
  };
  for (const std::size_t i : places_sorted(runs, in_order)) {
    if (marks[i] != DateMark::kNone) continue;
    std::int64_t& time = newest.try_emplace(runs[i].board, *runs[i].created).first->second;
    if (*runs[i].created + kClockTolerance < time) marks[i] = DateMark::kBehind;
    time = std::max(time, *runs[i].created);
  }
  return marks;
}

std::vector<RunId> ordered_by_date(std::span<const RunClock> runs, std::int64_t now) {
  const std::vector<DateMark> marks = marks_by_clock(runs, now);
  std::vector<std::int64_t> dates(runs.size(), 0);
  std::map<std::int64_t, std::int64_t> last;  // by board: the date that was added last
  for (const std::size_t i : places_sorted(runs, added_before)) {
    std::int64_t& date = last[runs[i].board];
    if (marks[i] == DateMark::kNone) date = *runs[i].created;
    dates[i] = date;
  }
  std::vector<std::size_t> order(runs.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
    return dates[a] != dates[b] ? dates[a] < dates[b] : runs[a].id < runs[b].id;
  });
  std::vector<RunId> ids;
  for (const std::size_t i : order) ids.push_back(runs[i].id);
  return ids;
}

}  // namespace qbench::reports::history
