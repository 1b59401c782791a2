// SPDX-License-Identifier: Apache-2.0
#include "harness/engine/worker_session.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>

#include "core/classifier_view.h"
#include "core/error.h"
#include "core/record.h"
#include "core/sha256.h"
#include "harness/engine/handed_files.h"
#include "harness/engine/model_check.h"
#include "harness/engine/planted_work.h"
#include "harness/engine/process_memory.h"
#include "harness/engine/worker_sandbox.h"
#include "models/op_codes.h"
#include "runners/builtin.h"

namespace qbench::engine {
namespace {

constexpr std::size_t kFeedImages = 256;
/// Held before they are written: 16 MB.
constexpr std::size_t kMostScores = std::size_t{4} << 20;
constexpr std::uint64_t kMaxModelBytes = 2ULL << 30;

std::int64_t now_ns(clockid_t clock = CLOCK_MONOTONIC) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

double milliseconds(std::int64_t ns) { return static_cast<double>(ns) / 1e6; }

runners::RunnerOptions options_from(const nlohmann::json& request) {
  runners::RunnerOptions options;
  options.library = request.value("library", std::string());
  options.threads = request.value("threads", 1);
  options.batch = request.value("batch", 1);
  options.kernels = static_cast<runners::Kernels>(request.value("kernels", 0));
  options.delegate.library = request.value("delegate", std::string());
  options.delegate.options = request.value("delegate_options", std::map<std::string, std::string>());
  return options;
}

RunnerRecord runner_record(const runners::RunnerDescription& description) {
  RunnerRecord record;
  record.name = description.name;
  record.version = description.version;
  record.library = description.library.string();
  if (!description.library.empty()) record.library_sha256 = sha256_file(description.library);
  record.kernels = description.kernels;
  record.notes = description.notes;
  record.delegate_create_ms = description.delegate_create_ms;
  record.accelerated_parts = description.accelerated_parts;
  for (const auto& [code, count] : description.builtin_ops) {
    record.builtin_ops[models::op_name(static_cast<models::Op>(code))] += count;
  }
  return record;
}

/// Real value of element `index` of a tensor's bytes.
float dequantized(const TensorSpec& spec, const std::byte* data, std::size_t index) {
  const auto scaled = [&spec](auto stored) {
    if (!spec.quantization.is_quantized()) return static_cast<float>(stored);
    return spec.quantization.scale * static_cast<float>(static_cast<int>(stored) - spec.quantization.zero_point);
  };
  switch (spec.dtype) {
    case DType::kFloat32: {
      float value = 0;
      std::memcpy(&value, data + index * sizeof value, sizeof value);
      return value;
    }
    case DType::kInt16: {
      std::int16_t value = 0;
      std::memcpy(&value, data + index * sizeof value, sizeof value);
      return scaled(value);
    }
    case DType::kInt8:
      return scaled(static_cast<std::int8_t>(data[index]));
    case DType::kUint8:
      return scaled(static_cast<std::uint8_t>(data[index]));
    default:
      throw Error(ErrorCode::kUnsupported, "output '{}' is {}; float32, int8, uint8 or int16 is needed", spec.name,
                  dtype_name(spec.dtype));
  }
}

void write_scores(int fd, std::uint64_t offset, std::span<const float> scores) {
  auto bytes = std::as_bytes(scores);
  while (!bytes.empty()) {
    const ssize_t wrote = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) throw Error(ErrorCode::kIo, "writing the scores failed: {}", errno_text(errno));
    bytes = bytes.subspan(static_cast<std::size_t>(wrote));
    offset += static_cast<std::uint64_t>(wrote);
  }
}

nlohmann::json memory_reply(std::int64_t before) { return {{"before", before}, {"peak", process_memory().peak}}; }

}  // namespace

nlohmann::json WorkerSession::load(const nlohmann::json& request) {
  const runners::RunnerOptions options = options_from(request);
  const runners::RunnerDescriptor& descriptor = runners::find_runner(runners_, request.at("runner").get<std::string>());
  MappedFile model(request.at("model").get<std::string>(), kMaxModelBytes);
  reset_peak_memory();  // opens what it needs
  const std::vector<std::string> isolation = enclose_worker(request, descriptor, options);
  reset_peak_memory();
  const std::int64_t before = process_memory().resident;
  const std::int64_t start = now_ns();
  prepared_ = prepare_model(descriptor, std::move(model), options, request.value("rebatch", true));
  const std::int64_t loaded = now_ns();
  nlohmann::json reply = {{"load_ms", milliseconds(loaded - start)},
                          {"memory", memory_reply(before)},
                          {"batching", prepared_.batching},
                          {"inputs", prepared_.runner->inputs()},
                          {"outputs", prepared_.runner->outputs()}};
  // It holds the library's hash, which takes longer than loading a small model.
  if (!request.value("brief", false)) {
    RunnerRecord record = runner_record(prepared_.runner->describe());
    record.isolation = isolation;
    reply["runner"] = record;
  }
  return reply;
}

void WorkerSession::adopt_view(const ClassifierView& view) {
  view_ = view;
  const TensorSpec& input = prepared_.runner->inputs().at(0);
  const TensorSpec& output = prepared_.runner->outputs().at(view.scores.index);
  const auto batch = static_cast<std::size_t>(prepared_.runner_batch);
  if (output.element_count() != view.scores.values * batch) {
    throw Error(ErrorCode::kUnsupported, "cannot run at batch {}: the scores '{}' are {}", batch, output.name,
                shape_text(output.shape));
  }
  input_.resize(input.byte_size());
  output_.resize(output.byte_size());
}

nlohmann::json WorkerSession::attach(const nlohmann::json& request, std::vector<UniqueFd> files) {
  if (files.empty()) files = open_handed_files(request);
  cache_ = datasets::TensorCache::open(std::move(files.at(0)), request.at("cache").get<std::string>());
  reader_.emplace(*cache_);
  adopt_view(classifier_view_from_json(request.at("view")));
  const TensorSpec& input = prepared_.runner->inputs()[0];
  encoder_.emplace(input, recipe_from_json(request.at("recipe")), view_.image,
                   datasets::quantize_kernel(prepared_.runner->describe().kernels));
  if (cache_->shape().bytes() * encoder_->bytes_per_element() * static_cast<std::size_t>(prepared_.runner_batch) !=
      input_.size()) {
    throw Error(ErrorCode::kDataset, "the cached images ({}x{}x{}) do not fit the input {}", cache_->shape().height,
                cache_->shape().width, cache_->shape().channels, shape_text(input.shape));
  }
  const std::size_t candidates = std::min(kFeedImages, cache_->size());
  feed_images_.clear();
  for (std::size_t i = 0; i < candidates; ++i) {
    if (cache_->entries()[i].ok) feed_images_.push_back(i);
  }
  if (feed_images_.empty()) throw Error(ErrorCode::kDataset, "none of the first {} images is readable", candidates);
  if (files.size() > 1) scores_fd_ = std::move(files[1]);
  return nlohmann::json::object();
}

void WorkerSession::encode_image(std::span<const std::uint8_t> pixels, std::size_t slot,
                                 std::span<std::byte> batch) const {
  const std::size_t bytes = batch.size() / static_cast<std::size_t>(prepared_.runner_batch);
  encoder_->encode(pixels, batch.subspan(slot * bytes, bytes));
}

void WorkerSession::run_once(BatchTimes& times, CpuClock cpu_clock) {
  const std::int64_t in = now_ns();
  prepared_.runner->set_input(0, input_);
  times.copy_in += now_ns() - in;
  const bool with_cpu = cpu_clock == CpuClock::kOn;
  const std::int64_t cpu_start = with_cpu ? now_ns(CLOCK_PROCESS_CPUTIME_ID) : 0;
  const std::int64_t start = now_ns();
  prepared_.runner->invoke();
  if (planted_units_ > 0) {
    const std::int64_t planted = now_ns();
    planted_work(planted_units_);
    times.planted += now_ns() - planted;
  }
  const std::int64_t stop = now_ns();
  if (with_cpu) times.cpu += now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu_start;
  times.invoke += stop - start;
  const std::int64_t out = now_ns();
  prepared_.runner->get_output(view_.scores.index, output_);
  times.copy_out += now_ns() - out;
}

WorkerSession::BatchTimes WorkerSession::run_next_batch(CpuClock cpu_clock) {
  BatchTimes times;
  for (int single = 0; single < prepared_.singles; ++single) {
    const std::int64_t start = now_ns();
    for (std::size_t slot = 0; slot < static_cast<std::size_t>(prepared_.runner_batch); ++slot) {
      encode_image(reader_->image(feed_images_[fed_++ % feed_images_.size()]), slot, input_);
    }
    times.encode += now_ns() - start;
    run_once(times, cpu_clock);
  }
  return times;
}

nlohmann::json WorkerSession::first() {
  reset_peak_memory();
  const BatchTimes times = run_next_batch();
  return {{"first_invoke_ms", milliseconds(times.invoke)}, {"memory", memory_reply(0)}};
}

nlohmann::json WorkerSession::block(const nlohmann::json& request) {
  const int dropped = request.at("dropped").get<int>();
  const int timed = request.at("timed").get<int>();
  planted_units_ = request.value("planted_units", std::int64_t{0});
  std::vector<BatchTimes> batches(static_cast<std::size_t>(timed));
  for (int i = 0; i < dropped; ++i) (void)run_next_batch();
  for (int i = 1; i < timed; ++i) batches[static_cast<std::size_t>(i) - 1] = run_next_batch();
  batches.back() = run_next_batch(CpuClock::kOn);
  nlohmann::json reply = {{"memory", memory_reply(0)}, {"cpu_ns", batches.back().cpu}};
  for (const BatchTimes& times : batches) {
    reply["samples_ns"].push_back(times.invoke);
    reply["encode_ns"].push_back(times.encode);
    reply["copy_in_ns"].push_back(times.copy_in);
    reply["copy_out_ns"].push_back(times.copy_out);
    if (planted_units_ > 0) reply["planted_ns"].push_back(times.planted);
  }
  return reply;
}

void WorkerSession::take_scores(std::size_t slot, std::span<float> scores) const {
  const TensorSpec& spec = prepared_.runner->outputs()[view_.scores.index];
  if (view_.scores.form != ScoresForm::kVector) {
    std::ranges::copy(two_class_scores(dequantized(spec, output_.data(), slot), view_.scores.form), scores.begin());
    return;
  }
  for (std::size_t i = 0; i < scores.size(); ++i) {
    scores[i] = dequantized(spec, output_.data(), slot * scores.size() + i);
  }
}

nlohmann::json WorkerSession::evaluate(const nlohmann::json& request) {
  const auto first = request.at("first").get<std::size_t>();
  const auto count = request.at("count").get<std::size_t>();
  const auto base = request.at("base").get<std::uint64_t>();
  const std::size_t window = std::max<std::size_t>(kMostScores / std::max<std::size_t>(view_.scores.classes(), 1), 1);
  std::int64_t invoke_ns = 0;
  for (std::size_t done = 0; done < count; done += window) {
    invoke_ns += evaluate_window(first + done, std::min(window, count - done), base);
  }
  return {{"invoke_ns", invoke_ns}};
}

std::int64_t WorkerSession::evaluate_window(std::size_t first, std::size_t count, std::uint64_t base) {
  const std::size_t classes = view_.scores.classes();
  std::vector<float> scores(count * classes);  // those of a damaged image stay 0; nobody reads them
  std::vector<std::size_t> slots;              // which image of the window lies in which slot of the batch
  std::int64_t invoke_ns = 0;
  const auto run_slots = [&] {
    const std::int64_t start = now_ns();
    prepared_.runner->invoke();
    invoke_ns += now_ns() - start;
    prepared_.runner->get_output(view_.scores.index, output_);
    for (std::size_t slot = 0; slot < slots.size(); ++slot) {
      take_scores(slot, std::span(scores).subspan(slots[slot] * classes, classes));
    }
    slots.clear();
  };
  for (std::size_t i = 0; i < count; ++i) {
    if (!cache_->entries()[first + i].ok) continue;
    encode_image(reader_->image(first + i), slots.size(), prepared_.runner->input_memory(0));
    slots.push_back(i);
    if (slots.size() == static_cast<std::size_t>(prepared_.runner_batch)) run_slots();
  }
  if (!slots.empty()) run_slots();  // the last batch keeps old images in its unused slots; their scores are not stored
  write_scores(scores_fd_.get(), (base + first) * classes * sizeof(float), scores);
  return invoke_ns;
}

}  // namespace qbench::engine
