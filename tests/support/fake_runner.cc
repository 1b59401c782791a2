// SPDX-License-Identifier: Apache-2.0
#include "tests/support/fake_runner.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/error.h"
#include "tests/support/colour_scores.h"

namespace qbench::testing {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FakeScript, image, classes, latency_us, labels, fault, fault_at, good_invokes,
                                   max_batch)

namespace {

using runners::RunnerOptions;

[[noreturn]] void allocate_without_end() {
  constexpr std::size_t kBlockBytes = std::size_t{16} << 20;
  std::vector<std::vector<char>> blocks;
  for (;;) {
    blocks.emplace_back(kBlockBytes, 'x');
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

/// Leaves a process of its own session behind, whose id is told on standard error.
void leave_child() {
  const pid_t child = ::fork();
  if (child == 0) {
    ::setsid();
    for (;;) pause();
  }
  std::fprintf(stderr, "left behind: %d\n", static_cast<int>(child));
}

void close_output() {
  ::close(STDOUT_FILENO);
  ::close(STDERR_FILENO);
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
}

void chatter() {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  const std::string line(4096, '.');
  while (std::chrono::steady_clock::now() < until) (void)!::write(STDERR_FILENO, line.data(), line.size());
}

void commit(const std::string& fault) {
  if (fault.empty()) return;
  if (fault == "close_output") return close_output();
  if (fault == "chatter") return chatter();
  if (fault.starts_with("leave_child")) leave_child();
  if (fault == "leave_child") return;
  if (fault == "leave_child_and_abort") std::abort();
  if (fault == "crash") std::raise(SIGSEGV);
  if (fault == "abort") std::abort();
  if (fault == "exit") _exit(3);
  while (fault == "hang") pause();
  if (fault == "allocate") allocate_without_end();
  if (fault == "unsupported") throw Error(ErrorCode::kUnsupported, "the fake runner cannot do this");
  if (fault == "out_of_memory") throw Error(ErrorCode::kOutOfMemory, "the fake runner has no memory left");
  throw Error(ErrorCode::kRuntime, "the fake runner failed as told ({})", fault);
}

FakeScript parse_script(std::span<const std::byte> model) {
  const auto* text = reinterpret_cast<const char*>(model.data());
  try {
    return nlohmann::json::parse(text, text + model.size()).get<FakeScript>();
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::kModel, "not a fake model: {}", error.what());
  }
}

void spin(double microseconds) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::duration<double, std::micro>(microseconds);
  while (std::chrono::steady_clock::now() < end) {
  }
}

class FakeRunner final : public runners::Runner {
 public:
  void prepare(std::span<const std::byte> model, const RunnerOptions& options) override {
    script_ = parse_script(model);
    if (script_.fault_at == "prepare") commit(script_.fault);
    if (options.batch > script_.max_batch) {
      throw Error(ErrorCode::kUnsupported, "cannot run at batch {}: the script allows {}", options.batch,
                  script_.max_batch);
    }
    inputs_ = {{"image", {options.batch, script_.image, script_.image, 3}, DType::kFloat32, {}}};
    outputs_ = {{"scores", {options.batch, script_.classes}, DType::kFloat32, {}}};
    pixels_.assign(inputs_.front().element_count(), 0.0F);
    scores_.assign(outputs_.front().element_count(), 0.0F);
    invokes_ = 0;
    images_ = 0;
  }

  [[nodiscard]] runners::RunnerDescription describe() const override {
    return {.name = "fake", .version = "1", .library = {}, .kernels = "builtin", .notes = {}};
  }
  [[nodiscard]] const std::vector<TensorSpec>& inputs() const override { return inputs_; }
  [[nodiscard]] const std::vector<TensorSpec>& outputs() const override { return outputs_; }

  std::span<std::byte> input_memory(std::size_t index) override {
    (void)inputs_.at(index);
    return std::as_writable_bytes(std::span(pixels_));
  }

  void get_output(std::size_t index, std::span<std::byte> data) const override {
    check(outputs_.at(index), data.size());
    std::memcpy(data.data(), scores_.data(), data.size());
  }

  void invoke() override {
    if (script_.fault_at == "invoke" && invokes_ >= static_cast<std::size_t>(script_.good_invokes)) {
      commit(script_.fault);
    }
    const std::size_t batch = scores_.size() / static_cast<std::size_t>(script_.classes);
    if (!script_.latency_us.empty()) {
      spin(script_.latency_us[invokes_ % script_.latency_us.size()] * static_cast<double>(batch));
    }
    ++invokes_;
    for (std::size_t i = 0; i < batch; ++i) answer(i, batch);
  }

 private:
  static void check(const TensorSpec& spec, std::size_t bytes) {
    if (spec.byte_size() == bytes) return;
    throw Error(ErrorCode::kRuntime, "tensor '{}' holds {} bytes, {} were given", spec.name, spec.byte_size(), bytes);
  }

  void answer(std::size_t image, std::size_t batch) {
    const std::size_t pixels = pixels_.size() / batch;
    const auto classes = static_cast<std::size_t>(script_.classes);
    std::vector<float> scores;
    if (script_.labels.empty()) {
      scores = colour_scores(mean_colour(std::span<const float>(pixels_).subspan(image * pixels, pixels)), classes);
    } else {
      scores.assign(classes, 0.0F);
      scores.at(static_cast<std::size_t>(script_.labels[images_++ % script_.labels.size()])) = 1.0F;
    }
    std::copy(scores.begin(), scores.end(), scores_.begin() + static_cast<std::ptrdiff_t>(image * classes));
  }

  FakeScript script_;
  std::vector<TensorSpec> inputs_;
  std::vector<TensorSpec> outputs_;
  std::vector<float> pixels_;
  std::vector<float> scores_;
  std::size_t invokes_ = 0;
  std::size_t images_ = 0;
};

runners::Availability probe(const RunnerOptions& /*options*/) {
  return {.available = true, .reason = {}, .version = "1", .library = {}};
}

std::unique_ptr<runners::Runner> make() { return std::make_unique<FakeRunner>(); }

}  // namespace

std::vector<std::byte> fake_model(const FakeScript& script) {
  const std::string text = nlohmann::json(script).dump();
  const auto* data = reinterpret_cast<const std::byte*>(text.data());
  return {data, data + text.size()};
}

runners::RunnerDescriptor fake_descriptor() {
  return {.name = "fake", .summary = "executes a script: latency, labels, faults", .probe = &probe, .make = &make};
}

}  // namespace qbench::testing
