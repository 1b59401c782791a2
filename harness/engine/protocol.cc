// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/protocol.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "core/error.h"

namespace qbench::engine {
namespace {

constexpr std::size_t kLongestText = std::size_t{1} << 16;
constexpr std::size_t kLongestMessage = std::size_t{1} << 20;
constexpr std::size_t kLongestReason = 4096;
constexpr std::size_t kMostTensors = 1024;
constexpr std::size_t kMostDimensions = 16;
constexpr double kMostTensorBytes = 64.0 * (1U << 30);
constexpr std::size_t kMostEntries = 10'000;  // of the notes or the kinds of ops
constexpr std::int64_t kMostMemory = std::int64_t{1} << 50;
constexpr std::int64_t kMostThreads = 4096;
/// The clocks on both sides are the same one; this is for their resolution.
constexpr double kSlackSeconds = 1e-3;

template <typename... Args>
[[noreturn]] void refuse_answer(fmt::format_string<Args...> format, Args&&... args) {
  throw Error(ErrorCode::kRuntime, format, std::forward<Args>(args)...);
}

/// A map of an answer, read value by value.
class Fields {
 public:
  Fields(const nlohmann::json& json, std::string_view name) : json_(json) {
    if (!json.is_object()) refuse_answer("{} is no map", name);
  }

  [[nodiscard]] bool has(const char* key) const { return json_.contains(key); }

  [[nodiscard]] const nlohmann::json& at(const char* key) const {
    const auto found = json_.find(key);
    if (found == json_.end()) refuse_answer("'{}' is missing", key);
    return *found;
  }

  [[nodiscard]] double number(const char* key, double most) const {
    const nlohmann::json& value = at(key);
    const double number = value.is_number() ? value.get<double>() : -1.0;
    if (!std::isfinite(number) || number < 0.0 || number > most) {
      refuse_answer("'{}' is no number from 0 to {:g}", key, most);
    }
    return number;
  }

  [[nodiscard]] std::int64_t integer(const char* key, std::int64_t least, std::int64_t most) const {
    return integer_in(at(key), key, least, most);
  }

  [[nodiscard]] std::string text(const char* key, std::size_t longest = kLongestText) const {
    const nlohmann::json& value = at(key);
    if (!value.is_string() || value.get_ref<const std::string&>().size() > longest) {
      refuse_answer("'{}' is no text of at most {} bytes", key, longest);
    }
    return value.get<std::string>();
  }

  [[nodiscard]] const nlohmann::json& array(const char* key, std::size_t least, std::size_t most) const {
    const nlohmann::json& value = at(key);
    if (!value.is_array() || value.size() < least || value.size() > most) {
      if (least == most) refuse_answer("'{}' is no list of {} values", key, most);
      refuse_answer("'{}' is no list of {} to {} values", key, least, most);
    }
    return value;
  }

  /// Short texts, in a list.
  [[nodiscard]] std::vector<std::string> texts(const char* key) const {
    std::vector<std::string> texts;
    for (const nlohmann::json& value : array(key, 0, kMostEntries)) {
      if (!value.is_string() || value.get_ref<const std::string&>().size() > kLongestText) {
        refuse_answer("'{}' holds something that is no text of at most {} bytes", key, kLongestText);
      }
      texts.push_back(value.get<std::string>());
    }
    return texts;
  }

  /// `count` times that all fit into `most` together.
  [[nodiscard]] std::vector<std::int64_t> times(const char* key, std::size_t count, std::int64_t most) const {
    std::vector<std::int64_t> times;
    std::int64_t left = most;
    for (const nlohmann::json& value : array(key, count, count)) {
      times.push_back(integer_in(value, key, 0, left));
      left -= times.back();
    }
    return times;
  }

  [[nodiscard]] static std::int64_t integer_in(const nlohmann::json& value, const char* key, std::int64_t least,
                                               std::int64_t most) {
    const bool fits =
        value.is_number_unsigned() ? std::cmp_less_equal(value.get<std::uint64_t>(), most) : value.is_number_integer();
    const std::int64_t number = fits ? value.get<std::int64_t>() : 0;
    if (!fits || number < least || number > most) refuse_answer("'{}' is no integer from {} to {}", key, least, most);
    return number;
  }

 private:
  const nlohmann::json& json_;
};

std::int64_t most_ns(const Answer& answer) {
  return static_cast<std::int64_t>(std::min((answer.seconds + kSlackSeconds) * 1e9, 9e18));
}

double most_ms(const Answer& answer) { return (answer.seconds + kSlackSeconds) * 1e3; }

Fields memory_of(const Fields& fields) { return {fields.at("memory"), "'memory'"}; }

std::int64_t peak_of(const Fields& fields) { return memory_of(fields).integer("peak", 0, kMostMemory); }

Quantization read_quantization(const Fields& fields) {
  using Limits = std::numeric_limits<std::int32_t>;
  return {.scale = static_cast<float>(fields.number("scale", std::numeric_limits<float>::max())),
          .zero_point = static_cast<std::int32_t>(fields.integer("zero_point", Limits::min(), Limits::max()))};
}

DType dtype_named(const std::string& name) {
  constexpr std::array kAll{DType::kFloat32, DType::kFloat16, DType::kInt8,  DType::kUint8,
                            DType::kInt16,   DType::kInt32,   DType::kInt64, DType::kBool};
  const auto found = std::ranges::find(kAll, name, dtype_name);
  if (found == kAll.end()) refuse_answer("'dtype' is no element type");
  return *found;
}

TensorSpec read_tensor(const Fields& fields) {
  TensorSpec spec;
  spec.name = fields.text("name");
  double bytes = 1.0;
  for (const nlohmann::json& value : fields.array("shape", 0, kMostDimensions)) {
    spec.shape.push_back(static_cast<int>(Fields::integer_in(value, "shape", -1, std::numeric_limits<int>::max())));
    bytes *= std::max(spec.shape.back(), 1);
  }
  spec.dtype = dtype_named(fields.text("dtype"));
  if (bytes * static_cast<double>(dtype_bytes(spec.dtype)) > kMostTensorBytes) {
    refuse_answer("'{}' is a tensor of {:g} values", spec.name, bytes);
  }
  spec.quantization = read_quantization({fields.at("quantization"), "'quantization'"});
  return spec;
}

std::vector<TensorSpec> read_tensors(const Fields& fields, const char* key) {
  std::vector<TensorSpec> specs;
  for (const nlohmann::json& value : fields.array(key, 0, kMostTensors)) specs.push_back(read_tensor({value, key}));
  return specs;
}

RunnerRecord read_runner(const nlohmann::json& json, double most_ms) {
  const Fields fields(json, "'runner'");
  for (const char* key : {"name", "version", "library", "library_sha256", "kernels"}) (void)fields.text(key);
  for (const char* key : {"notes", "isolation", "refused"}) {
    if (fields.has(key)) (void)fields.texts(key);
  }
  (void)fields.number("delegate_create_ms", most_ms);
  (void)fields.integer("accelerated_parts", 0, std::numeric_limits<int>::max());
  const nlohmann::json& ops = fields.at("builtin_ops");
  if (!ops.is_object() || ops.size() > kMostEntries) refuse_answer("'builtin_ops' is no map of ops");
  for (const nlohmann::json& count : ops) {
    (void)Fields::integer_in(count, "builtin_ops", 0, std::numeric_limits<int>::max());
  }
  return json.get<RunnerRecord>();
}

std::string read_batching(const Fields& fields) {
  constexpr std::array<std::string_view, 3> kWays{"native", "rewritten", "singles"};
  std::string way = fields.text("batching");
  if (std::ranges::find(kWays, way) == kWays.end()) refuse_answer("'batching' is no way to run a batch");
  return way;
}

Status failed_status(const std::string& code) {
  if (code == "unsupported") return Status::kUnsupported;
  if (code == "oom") return Status::kOom;
  return Status::kError;
}

}  // namespace

HelloReply read_hello_reply(const Answer& answer) {
  const Fields fields(answer.body, "it");
  HelloReply reply;
  if (fields.has("protocol")) reply.protocol = static_cast<int>(fields.integer("protocol", 0, 1'000'000));
  if (fields.has("version")) reply.version = fields.text("version");
  if (fields.has("git_commit")) reply.git_commit = fields.text("git_commit");
  return reply;
}

LoadReply read_load_reply(const Answer& answer, bool brief) {
  const Fields fields(answer.body, "it");
  LoadReply reply;
  reply.load_ms = fields.number("load_ms", most_ms(answer));
  reply.memory_before = memory_of(fields).integer("before", 0, kMostMemory);
  reply.memory_peak = peak_of(fields);
  // The kernel counts in coarse steps, and says 0 where it does not tell at all.
  if (reply.memory_peak > 0 && reply.memory_peak < reply.memory_before / 2) refuse_answer("'peak' is below 'before'");
  reply.batching = read_batching(fields);
  reply.inputs = read_tensors(fields, "inputs");
  reply.outputs = read_tensors(fields, "outputs");
  if (!brief) reply.runner = read_runner(fields.at("runner"), most_ms(answer));
  return reply;
}

FirstReply read_first_reply(const Answer& answer) {
  const Fields fields(answer.body, "it");
  return {.first_invoke_ms = fields.number("first_invoke_ms", most_ms(answer)), .memory_peak = peak_of(fields)};
}

BlockReply read_block_reply(const Answer& answer, const BlockAsked& asked) {
  const Fields fields(answer.body, "it");
  const auto count = static_cast<std::size_t>(asked.timed);
  BlockReply reply;
  reply.samples_ns = fields.times("samples_ns", count, most_ns(answer));
  reply.encode_ns = fields.times("encode_ns", count, most_ns(answer));
  reply.copy_in_ns = fields.times("copy_in_ns", count, most_ns(answer));
  reply.copy_out_ns = fields.times("copy_out_ns", count, most_ns(answer));
  reply.cpu_ns = fields.integer("cpu_ns", 0, std::min(most_ns(answer), std::int64_t{1} << 50) * kMostThreads);
  reply.memory_peak = peak_of(fields);
  if (std::ranges::count(reply.samples_ns, 0) == std::ssize(reply.samples_ns)) refuse_answer("no invoke took any time");
  if (!asked.planted) return reply;
  reply.planted_ns = fields.times("planted_ns", count, most_ns(answer));
  for (std::size_t i = 0; i < count; ++i) {
    if (reply.planted_ns[i] > reply.samples_ns[i]) refuse_answer("planted work took longer than its invoke");
  }
  return reply;
}

EvaluateReply read_evaluate_reply(const Answer& answer) {
  const Fields fields(answer.body, "it");
  return {.invoke_ms = static_cast<double>(fields.integer("invoke_ns", 0, most_ns(answer))) / 1e6};
}

void read_empty_reply(const Answer& answer) { (void)Fields(answer.body, "it"); }

std::vector<std::string> read_refused(const nlohmann::json& body) {
  const Fields fields(body, "it");
  return fields.has("refused") ? fields.texts("refused") : std::vector<std::string>();
}

Outcome read_failure(const nlohmann::json& body) {
  const Fields fields(body, "it");
  if (!fields.has("error")) return {};
  const Fields error(fields.at("error"), "'error'");
  std::string reason = error.text("message", kLongestMessage);
  if (reason.empty()) reason = "no reason was given";
  if (reason.size() > kLongestReason) reason = reason.substr(0, kLongestReason) + " ...";
  return {.status = failed_status(error.text("code")), .reason = std::move(reason)};
}

}  // namespace qbench::engine
