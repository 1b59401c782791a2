// SPDX-License-Identifier: Apache-2.0
#include "reports/history/history_export.h"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "core/units.h"
#include "core/utc_time.h"
#include "reports/csv_text.h"
#include "reports/history/check_text.h"
#include "reports/html_style.h"
#include "reports/html_text.h"
#include "reports/svg_chart.h"
#include "reports/table.h"
#include "reports/text.h"

namespace qbench::reports::history {
namespace {

using Json = nlohmann::ordered_json;

/// Runs are looked up once, however many series they are in.
class RunCache {
 public:
  explicit RunCache(const Store& store) : store_(store) {}
  const RunInfo& operator[](RunId id) {
    const auto found = runs_.find(id);
    if (found != runs_.end()) return found->second;
    return runs_.emplace(id, store_.run(id).value_or(RunInfo{})).first->second;
  }

 private:
  const Store& store_;
  std::map<RunId, RunInfo> runs_;
};

std::optional<double> fraction(const std::optional<double>& log_ratio) {
  return log_ratio ? std::optional(std::expm1(*log_ratio)) : std::nullopt;
}
std::optional<double> low_of(const SeriesPoint& point) {
  return point.interval ? std::optional(std::expm1(point.interval->low)) : std::nullopt;
}
std::optional<double> high_of(const SeriesPoint& point) {
  return point.interval ? std::optional(std::expm1(point.interval->high)) : std::nullopt;
}

Json optional_json(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json run_json(const RunInfo& run) {
  Json json = {{"run", run.id},
               {"created_utc", utc_text(run.created)},
               {"board", run.board},
               {"unit", run.unit},
               {"cpu", run.cpu},
               {"name", run.name},
               {"commit", run.commit},
               {"branch", run.branch},
               {"label", run.label},
               {"date_mark", date_mark_word(run.mark)},
               {"partial", run.partial},
               {"qbench_version", run.qbench_version},
               {"qbench_commit", run.qbench_commit},
               {"cells", run.cells},
               {"lanes", run.lanes}};
  json["confirms"] = run.confirms ? Json(*run.confirms) : Json(nullptr);
  return json;
}

Json series_json(const SeriesInfo& series) {
  return {{"series", series.name()},
          {"board", series.board},
          {"unit", series.unit},
          {"branch", series.branch},
          {"kind", series_kind_name(series.key.kind)},
          {"variant", series.key.variant},
          {"baseline", series.key.baseline},
          {"runner", series.key.runner},
          {"kernels", series.key.kernels},
          {"delegate", series.key.delegate},
          {"threads", series.key.threads},
          {"batch", series.key.batch},
          {"newest_utc", series.newest ? Json(utc_text(*series.newest)) : Json(nullptr)}};
}

std::string runs_table(const std::vector<RunInfo>& runs, const ConsoleStyle& style) {
  Table table({{"run", false},
               {"when", true},
               {"board", true, 2, 12},
               {"branch", true, 3},
               {"commit", true},
               {"cells", false, 4},
               {"lanes", false, 5},
               {"confirms", false},
               {"label", true, 1, 10}});
  for (const RunInfo& run : runs) {
    table.add_row({{std::to_string(run.id)},
                   {date_text(run.created, run.mark)},
                   {printable(run.board)},
                   {printable(run.branch)},
                   {printable(run.commit.substr(0, 12))},
                   {std::to_string(run.cells)},
                   {std::to_string(run.lanes)},
                   {run.confirms ? std::to_string(*run.confirms) : ""},
                   {printable(run.label) + (run.partial ? " (interrupted)" : "")}});
  }
  return table.draw(style.width, style.colour).lines;
}

std::string series_table(const std::vector<SeriesInfo>& series, const ConsoleStyle& style) {
  Table table({{"series", true, 0, 16}, {"kind", true}, {"board", true, 1, 12}, {"newest", true}});
  for (const SeriesInfo& one : series) {
    table.add_row({{printable(one.name())},
                   {std::string(series_kind_name(one.key.kind))},
                   {printable(one.board)},
                   {one.newest ? utc_text(*one.newest).substr(0, 16) : "-"}});
  }
  return table.draw(style.width, style.colour).lines;
}

/// Nights by their number, since dates may be impossible; changes in percent.
std::string chart_of(const SeriesInfo& series, const std::vector<SeriesPoint>& points) {
  ChartLine line{.label = series.name()};
  std::vector<ChartLine> lines;
  double night = 0.0;
  for (const SeriesPoint& point : points) {
    if (point.confirms) continue;
    if (point.estimate) line.points.emplace_back(night, kPercent * std::expm1(*point.estimate));
    night += 1.0;
  }
  lines.push_back(std::move(line));
  const std::string from = utc_text(points.front().created).substr(0, 10);
  return line_chart({series.name(), {"nights since " + from}, {"% against " + series.key.baseline}}, lines);
}

std::string page(const std::string& body) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv="
      "\"Content-Security-Policy\" content=\"default-src 'none'; style-src {}\">\n<title>qbench history</title>\n"
      "<style>{}</style>\n</head>\n<body>\n<h1>qbench history</h1>\n{}</body>\n</html>\n",
      csp_hash(kHtmlStyle), kHtmlStyle, body);
}

}  // namespace

std::string list_text(const Store& store, const SeriesFilter& filter, std::size_t most, const ConsoleStyle& style) {
  const std::vector<RunInfo> runs = store.runs(filter, most);
  if (runs.empty()) return "no runs\n";
  std::string out = runs_table(runs, style) + "\n" + series_table(store.series(filter), style);
  for (const Pin& pin : store.pins()) {
    out += printable(fmt::format("pinned {}: series {} starts at run {}{}{}", utc_text(pin.pinned), pin.series, pin.run,
                                 pin.note.empty() ? "" : ": ", pin.note)) +
           "\n";
  }
  return out;
}

nlohmann::ordered_json list_json(const Store& store, const SeriesFilter& filter, std::size_t most) {
  Json json = {{"runs", Json::array()}, {"series", Json::array()}, {"pins", Json::array()}};
  for (const RunInfo& run : store.runs(filter, most)) json["runs"].push_back(run_json(run));
  std::map<std::int64_t, std::string> names;
  for (const SeriesInfo& series : store.series(filter)) {
    json["series"].push_back(series_json(series));
    names[series.id] = series.name();
  }
  for (const Pin& pin : store.pins()) {
    if (!names.contains(pin.series)) continue;
    json["pins"].push_back(
        {{"series", names[pin.series]}, {"run", pin.run}, {"pinned_utc", utc_text(pin.pinned)}, {"note", pin.note}});
  }
  return json;
}

std::string nights_csv(const Store& store, const SeriesFilter& filter) {
  CsvRow row;
  for (const char* title :
       {"board", "branch", "series", "kind", "batch", "threads", "run", "confirms", "created_utc", "commit", "label",
        "rounds", "answer", "change", "low", "high", "reference_ns", "date_mark"}) {
    row.text(title);
  }
  std::string out = row.take();
  RunCache runs(store);
  for (const SeriesInfo& series : store.series(filter)) {
    for (const SeriesPoint& point : store.points(series.id)) {
      const RunInfo& run = runs[point.run];
      row.text(series.board).text(series.branch).text(series.name()).text(series_kind_name(series.key.kind));
      row.integer(std::int64_t{series.key.batch}).integer(std::int64_t{series.key.threads}).integer(point.run);
      row.integer(point.confirms).text(utc_text(point.created)).text(run.commit).text(run.label);
      row.integer(static_cast<std::int64_t>(point.rounds)).text(night_answer_name(point.answer));
      row.number(fraction(point.estimate)).number(low_of(point)).number(high_of(point)).number(point.reference_ns);
      row.text(date_mark_word(run.mark));
      out += row.take();
    }
  }
  return out;
}

nlohmann::ordered_json nights_json(const Store& store, const SeriesFilter& filter) {
  Json all = Json::array();
  RunCache runs(store);
  const std::vector<Pin> pins = store.pins();
  for (const SeriesInfo& series : store.series(filter)) {
    Json json = series_json(series);
    json["nights"] = Json::array();
    for (const SeriesPoint& point : store.points(series.id)) {
      Json night = {{"run", point.run},
                    {"created_utc", utc_text(point.created)},
                    {"date_mark", date_mark_word(runs[point.run].mark)},
                    {"commit", runs[point.run].commit},
                    {"rounds", point.rounds},
                    {"answer", night_answer_name(point.answer)}};
      night["confirms"] = point.confirms ? Json(*point.confirms) : Json(nullptr);
      night["change"] = optional_json(fraction(point.estimate));
      night["low"] = optional_json(low_of(point));
      night["high"] = optional_json(high_of(point));
      night["uniform"] = optional_json(point.uniform);
      night["reference_ns"] = optional_json(point.reference_ns);
      json["nights"].push_back(std::move(night));
    }
    json["pins"] = Json::array();
    for (const Pin& pin : pins) {
      if (pin.series != series.id) continue;
      json["pins"].push_back({{"run", pin.run}, {"pinned_utc", utc_text(pin.pinned)}, {"note", pin.note}});
    }
    all.push_back(std::move(json));
  }
  return all;
}

std::string nights_html(const Store& store, const SeriesFilter& filter) {
  std::string body;
  for (const SeriesInfo& series : store.series(filter)) {
    const std::vector<SeriesPoint> points = store.points(series.id);
    if (points.empty()) continue;
    body += fmt::format("<h2>{} on {}</h2>\n<figure>{}</figure>\n", html_name(series.name()), html_name(series.board),
                        chart_of(series, points));
  }
  return page(body.empty() ? "<p>No runs.</p>\n" : body);
}

std::string samples_csv(const Store& store, RunId run) {
  CsvRow row;
  for (const char* title : {"cell", "batch", "round", "process", "place", "ns"}) row.text(title);
  std::string out = row.take();
  for (const CellRecord& cell : store.load(run).record.cells) {
    for (const LaneRecord& lane : cell.lanes) {
      for (const BlockRecord& block : lane.blocks) {
        std::int64_t place = 0;
        for (const std::int64_t sample : block.samples_ns) {
          row.text(cell.id).integer(std::int64_t{lane.batch}).integer(std::int64_t{block.round});
          row.integer(std::int64_t{block.process}).integer(place++).integer(sample);
          out += row.take();
        }
      }
    }
  }
  return out;
}

}  // namespace qbench::reports::history
