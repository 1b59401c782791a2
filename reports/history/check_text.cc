// SPDX-License-Identifier: Apache-2.0
#include "reports/history/check_text.h"

#include <fmt/format.h>

#include <algorithm>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/metrics/paired_latency.h"
#include "core/units.h"
#include "core/utc_time.h"
#include "reports/junit_suite.h"
#include "reports/table.h"
#include "reports/text.h"

namespace qbench::reports::history {
namespace {

constexpr double kLeastUniformP = 0.001;

Tone tone_of(const SeriesFinding& finding) {
  if (finding.alarm()) return Tone::kBad;
  if (finding.judgement.state == SeriesState::kFaster) return Tone::kGood;
  return finding.judgement.state == SeriesState::kQuiet ? Tone::kPlain : Tone::kDim;
}

std::string interval_text(const metrics::Interval& interval) {
  return fmt::format("{} .. {}", change_text(interval.low), change_text(interval.high));
}

DateMark mark_of(const CheckReport& report, RunId run) {
  const auto found = std::ranges::find(report.misdated, run, &RunInfo::id);
  return found == report.misdated.end() ? DateMark::kNone : found->mark;
}

std::string misdated_sentence(const std::vector<RunInfo>& runs) {
  const RunInfo& last = runs.back();
  return fmt::format(
      "dates: {} run{} an impossible one, which is not used; the last is run {}: {} {}. The order of nights is that of "
      "adding them; see 'qbench history repair --dry-run'",
      runs.size(), runs.size() == 1 ? " has" : "s have", last.id,
      last.mark == DateMark::kUnreadable ? "its date" : utc_text(last.created), date_mark_text(last.mark));
}

std::string night_text(const RunInfo& run) {
  std::string text = fmt::format("night {} ({}", run.id, date_text(run.created, run.mark, true));
  if (!run.commit.empty()) text += ", commit " + run.commit.substr(0, 12);
  return text + ")";
}

std::string subject_of(const SeriesFinding& finding) {
  return finding.series.key.kind == SeriesKind::kVariant ? "than usual against " + finding.series.key.baseline
                                                         : std::string("than the pinned reference");
}

/// "since night 41 (..., commit ...); the night before was night 40 (...)".
std::string since_text(const SeriesFinding& finding) {
  if (!finding.changed_in) return {};
  std::string text = ", since " + night_text(*finding.changed_in);
  if (finding.before_change) text += ", not yet in " + night_text(*finding.before_change);
  return text;
}

std::string slower_text(const SeriesFinding& finding) {
  return fmt::format("{} % slower {}{}", change_text(finding.judgement.estimate.value_or(0.0)).substr(1),
                     subject_of(finding), since_text(finding));
}

std::string state_sentence(const SeriesFinding& finding) {
  const SeriesJudgement& judgement = finding.judgement;
  switch (judgement.state) {
    case SeriesState::kQuiet:
    case SeriesState::kInsufficient:
      return {};
    case SeriesState::kFaster:
      return fmt::format("{} % {}{}: nothing to do, or make it the new reference",
                         change_text(judgement.estimate.value_or(0.0)), subject_of(finding), since_text(finding));
    case SeriesState::kNotMeasured:
      return "not measured: " + finding.failure;
    case SeriesState::kMachineChanged:
      return fmt::format("the machine changed: the reference itself takes {} %; no regression is reported tonight",
                         change_text(judgement.machine_shift.value_or(0.0)));
    case SeriesState::kReferenceChanged:
      return fmt::format(
          "the reference is not the one that this series started with; if that is meant, record it: qbench history pin "
          "--night {} --note WHY",
          judgement.night);
    case SeriesState::kConfirmNeeded:
      return slower_text(finding) + "; confirm needed: run again and add it with --confirm";
    case SeriesState::kNotConfirmed:
      return fmt::format("night {} was slower, its second run {} was not: no regression", judgement.night,
                         judgement.confirmed_by.value_or(0));
    case SeriesState::kCreep:
      return fmt::format("creeping: {}; no single night shows it, all together do", slower_text(finding));
    case SeriesState::kSlower:
      return fmt::format(
          "REGRESSION: {}; confirmed by run {}. Fix it, or make tonight's build the reference and record that with: "
          "qbench history pin --night N --note WHY",
          slower_text(finding), judgement.confirmed_by.value_or(0));
  }
  return {};
}

std::string accuracy_sentence(const AccuracyFinding& finding) {
  std::string text = fmt::format("answers differ from {} since night {}", finding.against, finding.since);
  if (!finding.paired) return text + "; the predictions were not kept, so how much cannot be said";
  const PairedAccuracy& paired = *finding.paired;
  text +=
      fmt::format(": {} of {} images changed, {} right to wrong, {} wrong to right, {:+.2f} points, McNemar p {:.2g}",
                  paired.changed, paired.images, paired.right_to_wrong, paired.wrong_to_right, paired.delta_points,
                  paired.mcnemar_p);
  if (finding.worse()) return "ACCURACY: " + text + "; less accurate beyond chance";
  return text + "; announce it or look why";
}

std::string gate_sentence(const SeriesGate& gate) {
  std::string text = fmt::format("gate {}: {}", gate.result.gate.text, gate_state_name(gate.state));
  if (gate.result.change) text += fmt::format(" ({:+.2f} %)", kPercent * *gate.result.change);
  if (gate.state == GateState::kConfirmNeeded) text += ": run again and add it with --confirm";
  return text;
}

std::string canary_sentence(const CanaryFinding& canary) {
  std::string text = fmt::format(
      "A/A canary on {}{}: {} comparisons, {} alarm{} ({:.1f} %, at most {:.1f} %)", canary.board,
      canary.branch.empty() ? "" : " @" + canary.branch, canary.nights, canary.alarms, canary.alarms == 1 ? "" : "s",
      kPercent * double(canary.alarms) / double(canary.nights), kPercent * canary.alarm_share.high);
  text += fmt::format("; 19 of 20 differ by less than {:.2f} %", kPercent * canary.usual_difference);
  if (canary.uniform) {
    const bool sound = canary.uniform->p_value >= kLeastUniformP;
    text += fmt::format(", p-values {} (Kolmogorov-Smirnov p {:.2g})", sound ? "uniform" : "not uniform",
                        canary.uniform->p_value);
    if (!sound) text += ": two processes of one build differ by more than chance here, smaller changes mean nothing";
  }
  constexpr double kLeastChange = 0.01;
  if (canary.usual_difference >= kLeastChange) text += "; THIS BOARD IS TOO RESTLESS to find 1 %";
  if (canary.tonight) text += "; the reference differed from itself tonight: look at the machine before the code";
  return text;
}

std::vector<std::string> sentences_of(const SeriesFinding& finding) {
  std::vector<std::string> sentences;
  if (std::string text = state_sentence(finding); !text.empty()) sentences.push_back(std::move(text));
  if (finding.accuracy) sentences.push_back(accuracy_sentence(*finding.accuracy));
  for (const SeriesGate& gate : finding.gates) {
    if (gate.state != GateState::kPass) sentences.push_back(gate_sentence(gate));
  }
  return sentences;
}

std::string table_text(const CheckReport& report, const ConsoleStyle& style) {
  constexpr int kShortestName = 16;
  Table table({{"series", true, 0, kShortestName},
               {"night", false, 0},
               {"when", true, 2},
               {"nights", false, 3},
               {"change %"},
               {"99.8 % interval", true, 1},
               {"state", true}});
  for (const SeriesFinding& finding : report.series) {
    const SeriesJudgement& judgement = finding.judgement;
    table.add_row({{printable(finding.series.name())},
                   {std::to_string(judgement.night)},
                   {date_text(judgement.created, mark_of(report, judgement.night)).substr(0, 18)},
                   {std::to_string(judgement.nights)},
                   {judgement.estimate ? change_text(*judgement.estimate) : "-"},
                   {judgement.interval ? interval_text(*judgement.interval) : "-"},
                   {std::string(series_state_name(judgement.state)), tone_of(finding)}});
  }
  return table.draw(style.width, style.colour).lines;
}

nlohmann::ordered_json run_json(const std::optional<RunInfo>& run) {
  if (!run) return nullptr;
  return {{"night", run->id}, {"created_utc", utc_text(run->created)}, {"commit", run->commit}};
}

template <typename T>
nlohmann::ordered_json fraction(const std::optional<T>& log_ratio) {
  return log_ratio ? nlohmann::ordered_json(std::expm1(*log_ratio)) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json interval_json(const std::optional<metrics::Interval>& interval) {
  if (!interval) return nullptr;
  return {std::expm1(interval->low), std::expm1(interval->high)};
}

nlohmann::ordered_json accuracy_json(const std::optional<AccuracyFinding>& finding) {
  if (!finding) return nullptr;
  nlohmann::ordered_json json = {{"against", finding->against}, {"since_night", finding->since}};
  json["worse"] = finding->worse();
  if (!finding->paired) return json;
  json["images"] = finding->paired->images;
  json["changed"] = finding->paired->changed;
  json["right_to_wrong"] = finding->paired->right_to_wrong;
  json["wrong_to_right"] = finding->paired->wrong_to_right;
  json["delta_points"] = finding->paired->delta_points;
  json["mcnemar_p"] = finding->paired->mcnemar_p;
  json["within_margin"] = finding->paired->within_margin;
  return json;
}

nlohmann::ordered_json series_json(const SeriesFinding& finding) {
  const SeriesJudgement& judgement = finding.judgement;
  nlohmann::ordered_json json = {{"series", finding.series.name()},
                                 {"board", finding.series.board},
                                 {"branch", finding.series.branch},
                                 {"kind", series_kind_name(finding.series.key.kind)},
                                 {"night", judgement.night},
                                 {"created_utc", utc_text(judgement.created)},
                                 {"nights", judgement.nights},
                                 {"state", series_state_name(judgement.state)},
                                 {"alarm", finding.alarm()},
                                 {"change", fraction(judgement.estimate)},
                                 {"interval", interval_json(judgement.interval)}};
  json["usual_ratio"] = std::exp(judgement.level);
  json["confirmed_by"] = judgement.confirmed_by ? nlohmann::ordered_json(*judgement.confirmed_by) : nullptr;
  json["changed_in"] = run_json(finding.changed_in);
  json["before_change"] = run_json(finding.before_change);
  json["machine_shift"] = fraction(judgement.machine_shift);
  json["failure"] = finding.failure;
  json["accuracy"] = accuracy_json(finding.accuracy);
  json["gates"] = nlohmann::ordered_json::array();
  for (const SeriesGate& gate : finding.gates) {
    json["gates"].push_back({{"gate", gate.result.gate.text}, {"state", gate_state_name(gate.state)}});
    if (gate.result.change) json["gates"].back()["change"] = *gate.result.change;
  }
  json["sentences"] = sentences_of(finding);
  return json;
}

void add_series(JunitSuite& suite, const SeriesFinding& finding) {
  const std::string name = finding.series.name();
  const std::string sentence = state_sentence(finding);
  switch (finding.judgement.state) {
    case SeriesState::kSlower:
    case SeriesState::kCreep:
      return suite.failure(name, series_state_name(finding.judgement.state), sentence);
    case SeriesState::kNotMeasured:
      return finding.failed ? suite.error(name, "not measured", sentence) : suite.skipped(name, sentence);
    case SeriesState::kConfirmNeeded:
    case SeriesState::kMachineChanged:
    case SeriesState::kReferenceChanged:
      return suite.skipped(name, sentence);
    case SeriesState::kInsufficient:
      return suite.skipped(name, "too few rounds or nights");
    default:
      return suite.pass(name);
  }
}

void add_gate(JunitSuite& suite, const std::string& series, const SeriesGate& gate) {
  const std::string name = fmt::format("{}: {}", series, gate.result.gate.text);
  if (gate.state == GateState::kMiss) return suite.failure(name, "gate", gate_sentence(gate));
  if (gate.state == GateState::kPass || gate.state == GateState::kNotConfirmed) return suite.pass(name);
  suite.skipped(name, gate_sentence(gate));
}

}  // namespace

std::string check_junit(const CheckReport& report) {
  JunitSuite latency("qbench.history.series");
  JunitSuite answers("qbench.history.answers");
  JunitSuite gates("qbench.history.gates");
  for (const SeriesFinding& finding : report.series) {
    const std::string name = finding.series.name();
    add_series(latency, finding);
    if (finding.accuracy && finding.accuracy->worse()) {
      answers.failure(name, "accuracy", accuracy_sentence(*finding.accuracy));
    } else if (finding.accuracy) {
      answers.pass(name);
    }
    for (const SeriesGate& gate : finding.gates) add_gate(gates, name, gate);
  }
  return junit_document(latency.text() + answers.text() + gates.text());
}

std::string date_text(std::int64_t created, DateMark mark, bool day_alone) {
  if (mark == DateMark::kUnreadable) return "no date";
  std::string text = utc_text(created).substr(0, day_alone ? 10 : 16);
  return mark == DateMark::kNone ? text : text + " ?";
}

std::string change_text(double log_ratio) {
  return fmt::format("{:+.2f}", kPercent * metrics::relative_change(log_ratio));
}

std::string check_text(const CheckReport& report, const ConsoleStyle& style) {
  std::string out = report.series.empty() ? "no series to check\n" : table_text(report, style) + "\n";
  for (const SeriesFinding& finding : report.series) {
    for (const std::string& sentence : sentences_of(finding)) {
      const std::string line = printable(fmt::format("{}: {}", finding.series.name(), sentence));
      out += toned(wrapped(line, style.width, 2), tone_of(finding), false, style.colour) + "\n";
    }
  }
  for (const CanaryFinding& canary : report.canaries) {
    out += wrapped(printable(canary_sentence(canary)), style.width, 2) + "\n";
  }
  if (!report.old.empty()) {
    out += fmt::format("left out: {} series without a run for days, the first is '{}' ({})\n", report.old.size(),
                       printable(report.old.front().name()),
                       utc_text(report.old.front().newest.value_or(0)).substr(0, 10));
  }
  if (!report.misdated.empty()) out += wrapped(misdated_sentence(report.misdated), style.width, 2) + "\n";
  return out + fmt::format("state: {}\n", check_state_name(report.state()));
}

nlohmann::ordered_json check_json(const CheckReport& report) {
  nlohmann::ordered_json json = {{"state", check_state_name(report.state())}, {"alarm", report.alarm()}};
  json["series"] = nlohmann::ordered_json::array();
  for (const SeriesFinding& finding : report.series) json["series"].push_back(series_json(finding));
  json["canaries"] = nlohmann::ordered_json::array();
  for (const CanaryFinding& canary : report.canaries) {
    json["canaries"].push_back(
        {{"board", canary.board},
         {"branch", canary.branch},
         {"comparisons", canary.nights},
         {"alarms", canary.alarms},
         {"alarm_share_interval", {canary.alarm_share.low, canary.alarm_share.high}},
         {"uniform_p", canary.uniform ? nlohmann::ordered_json(canary.uniform->p_value) : nullptr},
         {"usual_difference", canary.usual_difference},
         {"tonight", canary.tonight}});
  }
  json["left_out"] = nlohmann::ordered_json::array();
  for (const SeriesInfo& series : report.old) json["left_out"].push_back(series.name());
  json["misdated"] = nlohmann::ordered_json::array();
  for (const RunInfo& run : report.misdated) {
    json["misdated"].push_back(
        {{"run", run.id}, {"created_utc", utc_text(run.created)}, {"date_mark", date_mark_word(run.mark)}});
  }
  return json;
}

}  // namespace qbench::reports::history
