// SPDX-License-Identifier: Apache-2.0
#include "reports/table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/assert.h"
#include "reports/text.h"

namespace qbench::reports {
namespace {

constexpr int kGap = 2;

std::string_view colour_code(Tone tone) {
  switch (tone) {
    case Tone::kPlain:
      return "";
    case Tone::kGood:
      return "32";
    case Tone::kBad:
      return "31";
    case Tone::kDim:
      return "2";
  }
  return "";
}

int total_width(const std::vector<bool>& shown, const std::vector<int>& widths) {
  int total = -kGap;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (shown[i]) total += widths[i] + kGap;
  }
  return total;
}

}  // namespace

std::string toned(std::string_view text, Tone tone, bool bold, bool colour) {
  const std::string_view code = colour_code(tone);
  if (!colour || (code.empty() && !bold)) return std::string(text);
  return fmt::format("\x1b[{}{}{}m{}\x1b[0m", bold ? "1" : "", bold && !code.empty() ? ";" : "", code, text);
}

Table::Table(std::vector<TableColumn> columns) : columns_(std::move(columns)) {}

void Table::add_row(std::vector<TableCell> cells, bool bold) {
  QBENCH_ASSERT(cells.size() == columns_.size());
  rows_.push_back({std::move(cells), bold});
}

std::vector<int> Table::natural_widths() const {
  std::vector<int> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    int needed = display_width(columns_[i].title);
    for (const Row& row : rows_) needed = std::max(needed, display_width(row.cells[i].text));
    widths.push_back(needed);
  }
  return widths;
}

std::size_t Table::most_expendable(const std::vector<bool>& shown) const {
  std::size_t found = columns_.size();
  int rank = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!shown[i] || columns_[i].expendable <= rank) continue;
    rank = columns_[i].expendable;
    found = i;
  }
  return found;
}

Table::Layout Table::layout(int width) const {
  const std::vector<int> natural = natural_widths();
  Layout layout{std::vector<bool>(columns_.size(), true), natural};
  while (true) {
    layout.widths = natural;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const int excess = total_width(layout.shown, layout.widths) - width;
      if (columns_[i].shrinks_to == 0 || excess <= 0) continue;
      layout.widths[i] = std::max(std::min(natural[i], columns_[i].shrinks_to), natural[i] - excess);
    }
    if (total_width(layout.shown, layout.widths) <= width) return layout;
    const std::size_t victim = most_expendable(layout.shown);
    if (victim == columns_.size()) return layout;
    layout.shown[victim] = false;
  }
}

std::string Table::line(const Row& row, const Layout& layout, bool colour) const {
  std::string out;
  std::size_t visible_end = 0;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!layout.shown[i]) continue;
    if (!out.empty()) out.append(kGap, ' ');
    const std::string text = shortened(row.cells[i].text, layout.widths[i]);
    const std::string cell =
        columns_[i].left ? padded_right(text, layout.widths[i]) : padded_left(text, layout.widths[i]);
    out += toned(cell, row.cells[i].tone, row.bold, colour);
    if (!text.empty()) visible_end = out.size();
  }
  if (!colour) {
    out.resize(visible_end);
    out.erase(out.find_last_not_of(' ') + 1);
  }
  return out + "\n";
}

Table::Text Table::draw(int width, bool colour) const {
  const Layout layout = this->layout(width);
  Text text;
  Row header;
  for (const TableColumn& column : columns_) header.cells.push_back({column.title, Tone::kDim});
  text.lines = line(header, layout, colour);
  for (const Row& row : rows_) text.lines += line(row, layout, colour);
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (!layout.shown[i]) text.left_out.push_back(columns_[i].title);
  }
  return text;
}

}  // namespace qbench::reports
