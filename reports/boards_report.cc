// SPDX-License-Identifier: Apache-2.0
#include "reports/boards_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "core/files.h"
#include "core/json_text.h"
#include "reports/comparison_json.h"
#include "reports/html_page.h"
#include "reports/html_text.h"
#include "reports/record_text.h"
#include "reports/sentences.h"
#include "reports/sustained_text.h"
#include "reports/text.h"

namespace qbench::reports {
namespace {

using nlohmann::ordered_json;

constexpr const char* kTitle = "qbench: boards side by side";
constexpr const char* kAboutTable =
    "Times of different boards stand beside each other; each speed-up is against the same board's own baseline.";
constexpr const char* kAboutBits =
    "The same integer model, by SHA-256, on the same images: do two boards give the same outputs?";

ReportInput input_of(const BoardRun& board) { return {board.run.record, board.comparison, board.run.predictions}; }

std::string name_of(const Board& board) { return board.name.empty() ? std::string("board") : board.name; }

/// Two boards of one name become "name (1)" and "name (2)".
void name_boards(std::vector<BoardRun>& boards) {
  std::map<std::string, int> uses;
  for (const BoardRun& board : boards) ++uses[name_of(board.run.record.board)];
  std::map<std::string, int> next;
  for (BoardRun& board : boards) {
    const std::string name = name_of(board.run.record.board);
    board.name = uses[name] == 1 ? name : fmt::format("{} ({})", name, ++next[name]);
  }
}

std::vector<std::string> labels_in_order(const BoardsReport& report) {
  std::vector<std::string> labels;
  for (const BoardRun& board : report.boards) {
    for (const CellComparison& cell : board.comparison.cells) {
      if (std::ranges::find(labels, cell.label) == labels.end()) labels.push_back(cell.label);
    }
  }
  return labels;
}

std::string energy_text(const CellRecord& cell, int batch) {
  const LaneRecord* lane = cell.lane(batch);
  if (lane != nullptr && lane->energy.joules) return significant(*lane->energy.joules * 1e3);
  if (cell.sustained && cell.sustained->energy.joules) return significant(*cell.sustained->energy.joules * 1e3);
  return {};
}

std::vector<std::string> across_row(const BoardRun& board, std::size_t index) {
  const CellComparison& cell = board.comparison.cells[index];
  const CellRecord& record = board.run.record.cells.at(index);
  const Batches batches = batches_of(board.comparison);
  const LaneComparison* low = cell.lane(batches.low);
  const LaneComparison* high = batches.high > batches.low ? cell.lane(batches.high) : nullptr;
  return {
      cell.label,
      board.name,
      low != nullptr && low->latency ? p50_text(*low->latency) : "",
      high != nullptr && high->per_image_ms ? significant(*high->per_image_ms) : "",
      low != nullptr && low->speed_up ? speed_up_text(*low->speed_up) : (cell.baseline ? "baseline" : ""),
      cell.accuracy ? top1_text(*cell.accuracy) : "",
      record.model.bytes > 0 ? bytes_text(record.model.bytes) : "",
      energy_text(record, batches.low),
      record.sustained && record.sustained->figures.steady_ms ? significant(*record.sustained->figures.steady_ms) : "",
      std::string(status_name(cell.outcome.status))};
}

ordered_json board_to_json(const BoardRun& board) {
  ordered_json json;
  json["name"] = board.name;
  json["id"] = board.run.record.board.id;
  json["unit"] = board.run.record.board.unit;
  json["folder"] = board.run.folder.string();
  json["run"] = board.run.record.name;
  json["created_utc"] = board.run.record.created_utc;
  json["dataset_sha256"] = board.run.record.dataset ? board.run.record.dataset->sha256 : "";
  json["warnings"] = board.run.warnings;
  json["cells"] = ordered_json::array();
  for (const CellRecord& cell : board.run.record.cells) {
    json["cells"].push_back({{"id", cell.id}, {"model_sha256", cell.model.sha256}});
  }
  json["comparison"] = comparison_to_json(board.comparison);
  return json;
}

ordered_json check_to_json(const BitCheck& check, const std::string& first, const std::string& second) {
  ordered_json json;
  json["boards"] = {first, second};
  json["cells"] = {check.cell, check.other_cell};
  json["not_compared"] = check.not_compared;
  json["identical"] = check.not_compared.empty() ? ordered_json(check.identical()) : ordered_json();
  json["images"] = check.images;
  json["different"] = check.different;
  json["flips"] = check.flips;
  json["flip_rate"] = check.flip_rate();
  json["all_outputs"] = check.all_outputs;
  json["first_image"] = check.first_image;
  json["first_classes"] = {check.first_class, check.other_class};
  return json;
}

std::string list_of(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += "- " + markdown_escaped(line) + "\n";
  return out.empty() ? out : out + "\n";
}

std::vector<std::string> lines_of(const BoardRun& board) {
  std::vector<std::string> lines{fmt::format("run '{}' of {}, qbench {}", board.run.record.name,
                                             board.run.record.created_utc, board.run.record.qbench_version)};
  const std::vector<std::string> facts = board_lines(board.run.record.board);
  lines.insert(lines.end(), facts.begin(), facts.end());
  for (std::size_t i = 0; i < board.run.record.cells.size(); ++i) {
    const std::string sustained = sustained_sentence(board.run.record.cells[i]);
    if (!sustained.empty()) lines.push_back(board.comparison.cells.at(i).label + ": " + sustained);
  }
  lines.insert(lines.end(), board.run.warnings.begin(), board.run.warnings.end());
  return lines;
}

}  // namespace

BoardsReport make_boards_report(std::vector<StoredRun> runs, const SettingsOfRecord& settings_of) {
  BoardsReport report;
  for (StoredRun& run : runs) {
    BoardRun& board = report.boards.emplace_back();
    board.run = std::move(run);
    board.comparison = compare_cells(board.run.record, board.run.predictions, settings_of(board.run.record));
  }
  name_boards(report.boards);
  for (std::size_t i = 0; i < report.boards.size(); ++i) {
    for (std::size_t j = i + 1; j < report.boards.size(); ++j) {
      std::vector<BitCheck> checks = bit_checks(report.boards[i].run, report.boards[j].run);
      if (!checks.empty()) report.pairs.push_back({i, j, std::move(checks)});
    }
  }
  return report;
}

TextTable across_boards_table(const BoardsReport& report) {
  TextTable table{{"variant", "board", "p50 ms", "ms per image, largest batch", "speed-up", "top-1 %", "size",
                   "mJ per image", "sustained ms", "status"},
                  {}};
  for (const std::string& label : labels_in_order(report)) {
    for (const BoardRun& board : report.boards) {
      for (std::size_t i = 0; i < board.comparison.cells.size(); ++i) {
        if (board.comparison.cells[i].label == label) table.rows.push_back(across_row(board, i));
      }
    }
  }
  return table;
}

TextTable bit_check_table(const BoardsReport& report) {
  TextTable table{{"cell", "first board", "second board", "outputs"}, {}};
  for (const BoardPair& pair : report.pairs) {
    for (const BitCheck& check : pair.checks) {
      table.rows.push_back(
          {check.cell, report.boards[pair.first].name, report.boards[pair.second].name, bit_check_text(check)});
    }
  }
  return table;
}

std::string boards_markdown(const BoardsReport& report) {
  std::string out = fmt::format("# {}\n\n{}\n\n{}", kTitle, kAboutTable, markdown_table(across_boards_table(report)));
  const std::string bits = markdown_table(bit_check_table(report));
  out += "## Bit-exactness\n\n";
  out +=
      bits.empty() ? "No integer model was run on two of the boards.\n\n" : fmt::format("{}\n\n{}", kAboutBits, bits);
  for (const BoardRun& board : report.boards) {
    out += fmt::format("## {}\n\n{}{}", markdown_escaped(board.name), list_of(lines_of(board)),
                       markdown_table(overview_table(input_of(board))));
  }
  return out;
}

std::string boards_html(const BoardsReport& report) {
  HtmlPage page;
  page.add("Across boards",
           fmt::format("<p>{}</p>\n", html_escaped(kAboutTable)) + html_table(across_boards_table(report), "across"));
  const std::string bits = html_table(bit_check_table(report), "bits");
  page.add("Bit-exactness", bits.empty() ? bits : fmt::format("<p>{}</p>\n", html_escaped(kAboutBits)) + bits);
  for (std::size_t i = 0; i < report.boards.size(); ++i) {
    const BoardRun& board = report.boards[i];
    page.add(board.name,
             html_list(lines_of(board)) + html_table(overview_table(input_of(board)), fmt::format("board-{}", i + 1)));
  }
  return html_head(kTitle) + fmt::format("<h1>{}</h1>\n", html_escaped(kTitle)) + page.text() + html_foot();
}

std::string boards_json(const BoardsReport& report) {
  ordered_json json;
  json["schema"] = "qbench.boards/1";
  json["boards"] = ordered_json::array();
  for (const BoardRun& board : report.boards) json["boards"].push_back(board_to_json(board));
  json["bit_checks"] = ordered_json::array();
  for (const BoardPair& pair : report.pairs) {
    for (const BitCheck& check : pair.checks) {
      json["bit_checks"].push_back(
          check_to_json(check, report.boards[pair.first].name, report.boards[pair.second].name));
    }
  }
  return json_text(json, 1) + "\n";
}

void write_boards_report(const BoardsReport& report, const std::filesystem::path& folder) {
  write_file_atomic(folder / "boards.md", boards_markdown(report));
  write_file_atomic(folder / "boards.html", boards_html(report));
  write_file_atomic(folder / "boards.json", boards_json(report));
}

}  // namespace qbench::reports
