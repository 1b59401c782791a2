// SPDX-License-Identifier: Apache-2.0
#include "harness/app/inspect_text.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/tensor_spec.h"
#include "reports/text.h"

namespace qbench::app {
namespace {

using models::ModelSummary;

std::string end_line(std::string_view role, const models::EndSummary& end) {
  std::string line = fmt::format("{:<8}{} {} {}", role, printable(end.name), shape_text(end.shape), end.type);
  if (!end.signature.empty() && end.signature != end.shape)
    line += fmt::format(" (signature {})", shape_text(end.signature));
  if (!end.quantization.scales.empty()) {
    line += fmt::format(", scale {:g}, zero point {}", end.quantization.scales[0],
                        end.quantization.zero_points.empty() ? 0 : end.quantization.zero_points[0]);
  }
  return line + "\n";
}

std::string op_table(const ModelSummary& summary) {
  std::string text = fmt::format("\n{:<24}{:>7}  {:<10}{:>15}{:>13}\n", "op", "count", "version", "MACs", "parameters");
  for (const models::OpKindSummary& kind : summary.op_kinds) {
    text += fmt::format("{:<24}{:>7}  {:<10}{:>15}{:>13}\n", printable(kind.op), kind.count,
                        fmt::format("{}", fmt::join(kind.versions, ",")), kind.macs, kind.parameters);
  }
  return text + fmt::format("{:<24}{:>7}  {:<10}{:>15}{:>13}\n", "all", summary.ops.size(), "", summary.macs,
                            summary.parameters);
}

std::string list_line(std::string_view what, const std::vector<std::string>& entries) {
  constexpr std::size_t kShown = 6;
  if (entries.empty()) return "";
  std::string line = fmt::format("{}: ", what);
  for (std::size_t i = 0; i < entries.size() && i < kShown; ++i) {
    line += fmt::format("{}{}", i > 0 ? "; " : "", printable(entries[i]));
  }
  if (entries.size() > kShown) line += fmt::format("; and {} more", entries.size() - kShown);
  return line + "\n";
}

/// How a run reads the tensors; "" when it cannot.
std::string view_lines(const ModelSummary& summary) {
  if (!summary.classifier) return {};
  std::string text = fmt::format("run reads: {}\n", printable(view_text(*summary.classifier)));
  for (const std::string& assumption : summary.classifier->assumptions) {
    text += fmt::format("run assumes: {}\n", printable(assumption));
  }
  return text;
}

/// Whether `qbench run` takes the file, and if not, every reason with its way out.
std::string run_text(const ModelSummary& summary) {
  std::string text;
  for (const std::string& repair : summary.repairs) text += fmt::format("run repairs: {}\n", printable(repair));
  if (summary.run_obstacles.empty()) return text + "run: yes\n" + view_lines(summary);
  constexpr std::size_t kReasons = 4;
  for (std::size_t i = 0; i < summary.run_obstacles.size() && i < kReasons; ++i) {
    text += fmt::format("{} {}\n", i == 0 ? "run: no, because" : "     and because",
                        printable(models::obstacle_text(summary.run_obstacles[i])));
  }
  if (summary.run_obstacles.size() > kReasons) {
    text += fmt::format("     and {} more reasons\n", summary.run_obstacles.size() - kReasons);
  }
  return text;
}

std::string metadata_text(const models::ModelMetadata& metadata) {
  std::string text = "\n";
  const auto add = [&text](std::string_view what, const std::string& value) {
    if (!value.empty()) text += fmt::format("{:<20}{}\n", what, printable(value));
  };
  add("name", metadata.name);
  add("description", metadata.description);
  add("author", metadata.author);
  add("license", metadata.license);
  add("min runtime", metadata.min_runtime_version);
  if (metadata.normalization) {
    text += fmt::format("{:<20}mean {}, std {}\n", "normalization", fmt::join(metadata.normalization->mean, ", "),
                        fmt::join(metadata.normalization->std, ", "));
  }
  if (!metadata.labels.empty()) {
    text +=
        fmt::format("{:<20}{} in {}: {}, ... {}\n", "labels", metadata.labels.size(), printable(metadata.labels_file),
                    printable(metadata.labels.front()), printable(metadata.labels.back()));
  }
  return text;
}

std::string_view severity_name(models::Severity severity) {
  switch (severity) {
    case models::Severity::kFatal:
      return "danger";
    case models::Severity::kWrongNumbers:
      return "wrong numbers";
    case models::Severity::kNoKernel:
      return "no kernel";
    case models::Severity::kWarning:
      return "warning";
  }
  return "warning";
}

}  // namespace

std::string inspect_text(const ModelSummary& summary) {
  std::string text = fmt::format("{}: {}, {} bytes ({} after zstd), {} MACs, {} parameters, {:.1f} % of weights zero\n",
                                 printable(summary.name), models::precision_name(summary.precision), summary.file_bytes,
                                 summary.zstd_bytes, summary.macs, summary.parameters, 100.0 * summary.sparsity());
  for (const auto& input : summary.inputs) text += end_line("input", input);
  for (const auto& output : summary.outputs) text += end_line("output", output);
  for (const auto& [type, bytes] : summary.constant_bytes) {
    text += fmt::format("{:<8}{} bytes of constants\n", type, bytes);
  }
  text += op_table(summary);
  text += list_line("MACs not counted, for impossible shapes", summary.uncounted);
  if (summary.metadata) text += metadata_text(*summary.metadata);
  text += list_line("batch is fixed by", summary.fixed_batch);
  text += list_line("needs a delegate for", summary.needs_delegate);
  text += list_line("XNNPACK leaves out", summary.left_by_xnnpack);
  text += list_line("needs a newer runtime than 2.9 for", summary.needs_newer_runtime);
  for (const models::Finding& finding : summary.findings) {
    text += fmt::format("{}: {}\n", severity_name(finding.severity), printable(finding.message));
  }
  return text + run_text(summary);
}

std::string inspect_text(const models::ForeignModel& model, const std::string& refusal) {
  std::string text =
      fmt::format("{} model{}{}\n", model.format, model.producer.empty() ? "" : " by ", printable(model.producer));
  const auto add_ends = [&text](std::string_view role, const std::vector<models::ForeignEnd>& ends) {
    for (const models::ForeignEnd& end : ends) {
      text += fmt::format("{:<8}{} {} {}\n", role, printable(end.name),
                          printable(fmt::format("{}", fmt::join(end.shape, "x"))), printable(end.type));
    }
  };
  add_ends("input", model.inputs);
  add_ends("output", model.outputs);
  for (const auto& [op, count] : model.ops) text += fmt::format("{:<28}{:>6}\n", printable(op), count);
  for (const models::ExternalData& data : model.external_data) {
    text += fmt::format("external data {}{}{}\n", printable(data.location), data.problem.empty() ? "" : ": ",
                        printable(data.problem));
  }
  return text + fmt::format("run: no, because it is {}\n", printable(refusal));
}

}  // namespace qbench::app
