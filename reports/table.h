// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace qbench::reports {

/// What a cell of the table means; decides its colour.
enum class Tone { kPlain, kGood, kBad, kDim };

struct TableCell {
  std::string text;  ///< printable already
  Tone tone = Tone::kPlain;
};

struct TableColumn {
  std::string title;
  bool left = false;  ///< texts to the left, numbers to the right
  /// Columns with a higher number are left out first when the table is too wide; 0: never.
  int expendable = 0;
  int shrinks_to = 0;  ///< may be cut to this width before anything is left out; 0: never cut
};

/// Plain text with aligned columns.
class Table {
 public:
  explicit Table(std::vector<TableColumn> columns);

  /// As many cells as columns.
  void add_row(std::vector<TableCell> cells, bool bold = false);

  struct Text {
    std::string lines;                  ///< each ends with a newline
    std::vector<std::string> left_out;  ///< titles of columns that did not fit
  };
  [[nodiscard]] Text draw(int width, bool colour) const;

 private:
  struct Row {
    std::vector<TableCell> cells;
    bool bold = false;
  };
  struct Layout {
    std::vector<bool> shown;
    std::vector<int> widths;
  };
  [[nodiscard]] std::vector<int> natural_widths() const;
  /// Number of columns when there is none to leave out.
  [[nodiscard]] std::size_t most_expendable(const std::vector<bool>& shown) const;
  [[nodiscard]] Layout layout(int width) const;
  [[nodiscard]] std::string line(const Row& row, const Layout& layout, bool colour) const;

  std::vector<TableColumn> columns_;
  std::vector<Row> rows_;
};

/// The text in the tone's colour (ANSI), or as it is.
[[nodiscard]] std::string toned(std::string_view text, Tone tone, bool bold, bool colour);

}  // namespace qbench::reports
