// SPDX-License-Identifier: Apache-2.0
#include "models/run_verdict.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "core/error.h"
#include "core/printable.h"
#include "models/classifier.h"

namespace qbench::models {
namespace {

constexpr std::size_t kShown = 3;

/// "a, b, c and 4 more".
std::string some_of(const std::vector<std::string>& all) {
  const std::size_t shown = std::min(all.size(), kShown);
  std::string text = fmt::format("{}", fmt::join(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
  if (all.size() > shown) text += fmt::format(" and {} more", all.size() - shown);
  return text;
}

enum class CustomKind { kFlex, kEdgeTpu, kEthosU, kDetection, kOther };

CustomKind custom_kind(std::string_view code) {
  if (code.starts_with("Flex")) return CustomKind::kFlex;
  if (code == "edgetpu-custom-op") return CustomKind::kEdgeTpu;
  if (code == "ethos-u") return CustomKind::kEthosU;
  if (code == "TFLite_Detection_PostProcess") return CustomKind::kDetection;
  return CustomKind::kOther;
}

Obstacle custom_obstacle(CustomKind kind, const std::vector<std::string>& names) {
  switch (kind) {
    case CustomKind::kFlex:
      return {fmt::format("its custom ops {} need the Flex delegate, which runs TensorFlow's own ops", some_of(names)),
              "re-export it with converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS] only, or give "
              "a runtime that has them with --library"};
    case CustomKind::kEdgeTpu:
      return {"it is compiled for the Edge TPU (custom op 'edgetpu-custom-op')",
              "give its delegate (--delegate libedgetpu.so.1), or the file that edgetpu_compiler was given"};
    case CustomKind::kEthosU:
      return {"it is compiled by Vela for an Arm Ethos-U (custom op 'ethos-u'), which alone can run it",
              "give the .tflite file that Vela was given"};
    case CustomKind::kDetection:
      return {"it is an object detector (custom op 'TFLite_Detection_PostProcess'), not a classifier",
              "give an image classifier"};
    case CustomKind::kOther:
      break;
  }
  return {fmt::format("the library has no custom op {}", some_of(names)),
          "give a delegate (--delegate) or a runtime (--library) that has it"};
}

/// Each text once, in order of first appearance.
void add_once(std::vector<std::string>& list, std::string text) {
  if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(std::move(text));
}

std::vector<std::string> newer_versions(const Graph& graph) {
  std::vector<std::string> ops;
  for (const Operator& op : graph.operators) {
    const int known = op.op == Op::kCustom ? -1 : max_version_2_9(op.op);
    if (known < 0 || op.version <= known) continue;
    add_once(ops, known == 0 ? fmt::format("{} (2.9 has none)", op_name(op.op))
                             : fmt::format("{} version {} (2.9 knows {})", op_name(op.op), op.version, known));
  }
  return ops;
}

}  // namespace

std::string obstacle_text(const Obstacle& obstacle) { return obstacle.because + "; " + obstacle.remedy; }

std::vector<Obstacle> custom_op_needs(const Graph& graph) {
  constexpr std::array kKinds{CustomKind::kEdgeTpu, CustomKind::kEthosU, CustomKind::kFlex, CustomKind::kDetection,
                              CustomKind::kOther};
  std::vector<Obstacle> needs;
  for (CustomKind kind : kKinds) {
    std::vector<std::string> names;
    for (const Operator& op : graph.operators) {
      if (op.op != Op::kCustom || custom_kind(op.custom_code) != kind) continue;
      add_once(names, kind == CustomKind::kFlex ? printable_name(op.custom_code)
                                                : fmt::format("'{}'", printable_name(op.custom_code)));
    }
    if (!names.empty()) needs.push_back(custom_obstacle(kind, names));
  }
  return needs;
}

std::vector<Obstacle> runtime_needs(const Graph& graph) {
  std::vector<Obstacle> needs = custom_op_needs(graph);
  if (const std::vector<std::string> ops = newer_versions(graph); !ops.empty()) {
    needs.push_back({fmt::format("it needs a newer runtime than TensorFlow Lite 2.9: {}", some_of(ops)),
                     "use --library with a newer TensorFlow Lite, or convert the model with an older TensorFlow"});
  }
  return needs;
}

std::vector<Obstacle> classifier_obstacles(const Graph& graph) {
  try {
    (void)classifier_view_of(graph, classifier_hints(graph));
    return {};
  } catch (const Error& error) {
    const std::string text = printable(error.what());
    const std::size_t remedy = text.rfind("; ");
    if (remedy == std::string::npos) return {{text, "give a model with one image input and class scores"}};
    return {{text.substr(0, remedy), text.substr(remedy + 2)}};
  }
}

std::vector<Obstacle> run_obstacles(const Graph& graph, const std::vector<Finding>& findings) {
  std::vector<Obstacle> found;
  const auto add_findings = [&](Severity severity, std::string_view remedy) {
    for (const Finding& finding : findings) {
      if (finding.severity == severity) found.push_back({finding.message, std::string(remedy)});
    }
  };
  add_findings(Severity::kFatal, "the file breaks the format's rules: convert the model again");
  for (Obstacle& obstacle : classifier_obstacles(graph)) found.push_back(std::move(obstacle));
  for (Obstacle& need : runtime_needs(graph)) found.push_back(std::move(need));
  add_findings(Severity::kNoKernel, "use --library with a runtime that has such a kernel, or convert the model anew");
  add_findings(Severity::kWrongNumbers, "convert the model without it; runtimes read it wrongly without a word");
  return found;
}

void require_plain_ops(const Graph& graph, std::string_view name) {
  const std::vector<Obstacle> needs = custom_op_needs(graph);
  if (needs.empty()) return;
  throw Error(ErrorCode::kUnsupported, "{}: it cannot be rewritten or looked into: {}", name,
              obstacle_text(needs.front()));
}

}  // namespace qbench::models
