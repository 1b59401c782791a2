// SPDX-License-Identifier: Apache-2.0
#include "runners/tflite_messages.h"

#include <fmt/ranges.h>

#include <array>
#include <cstdio>
#include <new>
#include <string_view>

namespace qbench::runners {
namespace {

constexpr std::string_view kUnresolvedOp = "unresolved custom op: ";
constexpr std::string_view kEdgeTpuOp = "edgetpu-custom-op";
constexpr std::string_view kFlexOp = "Select TensorFlow op(s)";
constexpr std::string_view kMissingOpVersion = "Didn't find op for builtin opcode";

std::string one_line(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '.')) text.pop_back();
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at)) text.replace(at, 1, " ");
  return text;
}

// "... unresolved custom op: NAME.\nSee instructions ..." -> NAME
std::string unresolved_op(const std::string& text) {
  const std::size_t at = text.find(kUnresolvedOp);
  if (at == std::string::npos) return {};
  const std::size_t begin = at + kUnresolvedOp.size();
  return text.substr(begin, text.find_first_of(". \n", begin) - begin);
}

}  // namespace

void TfliteMessages::report(void* user_data, const char* format, va_list arguments) {
  std::array<char, 1024> line{};
  std::vsnprintf(line.data(), line.size(), format, arguments);
  std::vector<std::string>& messages = static_cast<TfliteMessages*>(user_data)->messages_;
  try {
    if (messages.size() < kMaxMessages) messages.push_back(one_line(line.data()));
  } catch (const std::bad_alloc&) {
    // The call that complained fails anyway; only its text is lost.
  }
}

std::string TfliteMessages::text() const { return fmt::format("{}", fmt::join(messages_, "; ")); }

Error explain_failure(TfliteStage stage, const std::string& library_text) {
  const std::string text = library_text.empty() ? "the library gave no reason" : library_text;
  if (const std::string op = unresolved_op(text); !op.empty()) {
    if (op == kEdgeTpuOp) return Error(ErrorCode::kUnsupported, "needs an Edge TPU delegate ({})", text);
    return Error(ErrorCode::kUnsupported, "the library has no custom op '{}' ({})", op, text);
  }
  if (text.find(kFlexOp) != std::string::npos) {
    return Error(ErrorCode::kUnsupported,
                 "needs the Flex delegate for ops of full TensorFlow; convert with TFLITE_BUILTINS alone ({})", text);
  }
  if (text.find(kMissingOpVersion) != std::string::npos) {
    return Error(ErrorCode::kUnsupported, "needs a newer runtime ({})", text);
  }
  switch (stage) {
    case TfliteStage::kCreateInterpreter:
      return Error(ErrorCode::kModel, "the library makes no interpreter for this model: {}", text);
    case TfliteStage::kAllocate:
      return Error(ErrorCode::kModel, "the library cannot prepare this model: {}", text);
    case TfliteStage::kInvoke:
      break;
  }
  return Error(ErrorCode::kRuntime, "invoke failed: {}", text);
}

std::string explain_batch_failure(const std::string& library_text) {
  const bool constant_reshape = library_text.find("num_input_elements != num_output_elements") != std::string::npos &&
                                library_text.find("(RESHAPE)") != std::string::npos;
  if (constant_reshape) return fmt::format("a RESHAPE has a constant batch in its shape ({})", library_text);
  return library_text.empty() ? "the library gave no reason" : library_text;
}

}  // namespace qbench::runners
