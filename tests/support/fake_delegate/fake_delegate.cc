// SPDX-License-Identifier: Apache-2.0
// A stand-in for libedgetpu.so.1: a delegate plug-in that takes the op "edgetpu-custom-op" and answers with the
// classifier of colour_scores.h on uint8 tensors. It needs no device. What goes wrong is told by the plug-in option
// "mode" or the environment variable FAKE_DELEGATE_MODE:
//   ok, null (no delegate, no word), error (no delegate, a reason), slow_null (null after delay_ms), hang,
//   abort_create, fail_invoke, abort_invoke (both from the third invoke on, as when a stick is pulled out),
//   hostile (fake_tflite/misdeeds.h, then as ok).
// Further options: "delay_ms" (default 2000), "invoke_us" (default 500: the time an invoke takes), "pull_sign": a file
// that abort_invoke makes before it aborts, and then waits until somebody has removed it (the stick is being pulled).
// The library lists the devices of the USB path that FAKE_DELEGATE_DEVICE names, if any.
#include <tensorflow/lite/c/common.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/colour_scores.h"
#include "tests/support/fake_tflite/misdeeds.h"

namespace {

constexpr const char* kOpName = "edgetpu-custom-op";
constexpr int kGoodInvokes = 2;

struct FakeDelegate {
  TfLiteDelegate base{};
  std::string mode = "ok";
  std::chrono::milliseconds delay{2000};
  std::chrono::microseconds invoke_time{500};
  std::string pull_sign;
  int invokes = 0;
};

FakeDelegate* self(const TfLiteNode* node) { return static_cast<FakeDelegate*>(node->user_data); }

void* init_node(TfLiteContext* /*context*/, const char* parameters, size_t /*length*/) {
  // A delegate's kernel is given the delegate's parameters instead of a model's options.
  return reinterpret_cast<const TfLiteDelegateParams*>(parameters)->delegate->data_;
}

void free_node(TfLiteContext* /*context*/, void* /*data*/) {}

TfLiteStatus prepare_node(TfLiteContext* /*context*/, TfLiteNode* /*node*/) { return kTfLiteOk; }

void classify(const TfLiteTensor& image, TfLiteTensor& scores) {
  const std::span<const std::uint8_t> pixels(image.data.uint8, image.bytes);
  const std::vector<float> answer = qbench::testing::colour_scores(qbench::testing::mean_colour(pixels), scores.bytes);
  for (std::size_t c = 0; c < scores.bytes; ++c) {
    scores.data.uint8[c] = static_cast<std::uint8_t>(std::min(255.0F, std::round(answer[c] * 256.0F)));
  }
}

void wait_for_the_pull(const std::string& sign) {
  if (sign.empty()) return;
  std::fclose(std::fopen(sign.c_str(), "w"));
  for (int tries = 0; tries < 500 && access(sign.c_str(), F_OK) == 0; ++tries) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

TfLiteStatus invoke_node(TfLiteContext* context, TfLiteNode* node) {
  FakeDelegate& delegate = *self(node);
  if (++delegate.invokes > kGoodInvokes) {
    if (delegate.mode == "abort_invoke") {
      wait_for_the_pull(delegate.pull_sign);
      std::fprintf(stderr, "F fake_delegate: transfer failed, device gone\n");
      std::abort();
    }
    if (delegate.mode == "fail_invoke") {
      context->ReportError(context, "fake delegate: the device is not ready");
      return kTfLiteError;
    }
  }
  const auto end = std::chrono::steady_clock::now() + delegate.invoke_time;
  classify(context->tensors[node->inputs->data[0]], context->tensors[node->outputs->data[0]]);
  std::this_thread::sleep_until(end);
  return kTfLiteOk;
}

TfLiteRegistration kernel() {
  TfLiteRegistration registration{};
  registration.init = init_node;
  registration.free = free_node;
  registration.prepare = prepare_node;
  registration.invoke = invoke_node;
  registration.custom_name = "FakeDelegate";
  registration.version = 1;
  return registration;
}

TfLiteStatus claim_nodes(TfLiteContext* context, TfLiteDelegate* delegate) {
  TfLiteIntArray* plan = nullptr;
  if (context->GetExecutionPlan(context, &plan) != kTfLiteOk) return kTfLiteError;
  std::vector<int> claimed = {0};  // laid out as a TfLiteIntArray: the count, then the numbers
  for (int i = 0; i < plan->size; ++i) {
    TfLiteNode* node = nullptr;
    TfLiteRegistration* registration = nullptr;
    if (context->GetNodeAndRegistration(context, plan->data[i], &node, &registration) != kTfLiteOk) return kTfLiteError;
    if (registration->custom_name == nullptr || std::strcmp(registration->custom_name, kOpName) != 0) continue;
    claimed.push_back(plan->data[i]);
    ++claimed.front();
  }
  return context->ReplaceNodeSubsetsWithDelegateKernels(
      context, kernel(), reinterpret_cast<const TfLiteIntArray*>(claimed.data()), delegate);
}

std::unique_ptr<FakeDelegate> read_options(char** keys, char** values, size_t count) {
  auto delegate = std::make_unique<FakeDelegate>();
  if (const char* mode = std::getenv("FAKE_DELEGATE_MODE"); mode != nullptr) delegate->mode = mode;
  std::map<std::string, std::string> options;
  for (size_t i = 0; i < count; ++i) options[keys[i]] = values[i];
  if (options.count("mode") != 0) delegate->mode = options["mode"];
  if (options.count("delay_ms") != 0) delegate->delay = std::chrono::milliseconds(std::stol(options["delay_ms"]));
  if (options.count("invoke_us") != 0) {
    delegate->invoke_time = std::chrono::microseconds(std::stol(options["invoke_us"]));
  }
  delegate->pull_sign = options["pull_sign"];
  return delegate;
}

struct ListedDevice {
  int type;
  const char* path;
};
constexpr int kTypeUsb = 1;

}  // namespace

extern "C" {

__attribute__((visibility("default"))) TfLiteDelegate* tflite_plugin_create_delegate(
    char** keys, char** values, size_t count, void (*report_error)(const char*)) {
  auto delegate = read_options(keys, values, count);
  const std::string& mode = delegate->mode;
  if (mode == "abort_create") std::abort();
  while (mode == "hang") pause();
  if (mode == "slow_null") std::this_thread::sleep_for(delegate->delay);
  if (mode == "hostile") commit_misdeeds();
  if (mode == "error") report_error("fake delegate: no device of this kind");
  if (mode == "null" || mode == "slow_null" || mode == "error") return nullptr;
  delegate->base.data_ = delegate.get();
  delegate->base.Prepare = claim_nodes;
  // Without this flag the runtime prepares every op before it asks the delegate, and fails at the one it does not know.
  delegate->base.flags = kTfLiteDelegateFlagsAllowDynamicTensors;
  return &delegate.release()->base;
}

__attribute__((visibility("default"))) void tflite_plugin_destroy_delegate(TfLiteDelegate* delegate) {
  if (delegate != nullptr) delete static_cast<FakeDelegate*>(delegate->data_);
}

__attribute__((visibility("default"))) void edgetpu_verbosity(int level) {
  std::fprintf(stderr, "fake delegate: verbosity %d\n", level);
}

__attribute__((visibility("default"))) const char* edgetpu_version() { return "BuildLabel(fake), RuntimeVersion(14)"; }

__attribute__((visibility("default"))) ListedDevice* edgetpu_list_devices(size_t* count) {
  static ListedDevice device{};
  device = {kTypeUsb, std::getenv("FAKE_DELEGATE_DEVICE")};
  *count = device.path == nullptr ? 0 : 1;
  return *count == 0 ? nullptr : &device;
}

__attribute__((visibility("default"))) void edgetpu_free_devices(ListedDevice* /*list*/) {}

}  // extern "C"
