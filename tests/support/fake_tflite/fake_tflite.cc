// SPDX-License-Identifier: Apache-2.0
// A stand-in for libtensorflowlite_c.so: the part of the C API that qbench calls, around the classifier of
// colour_scores.h. Input float32 [batch, 8, 8, 3], output float32 [batch, 3]; the model file's content is ignored.
// What goes wrong is the flavour in the library's file name, libfake_tflite_<flavour>.so; see CMakeLists.txt. Faults at
// invoke wait until FAKE_TFLITE_GOOD_INVOKES (environment, default 0) invokes have succeeded.
#include <dlfcn.h>
#include <tensorflow/lite/c/c_api.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdarg>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/support/colour_scores.h"
#include "tests/support/fake_tflite/misdeeds.h"

namespace {

constexpr int kImage = 8;
constexpr int kClasses = 3;
constexpr std::size_t kPixels = std::size_t{kImage} * kImage * 3;
constexpr std::size_t kBlockBytes = std::size_t{16} << 20;

using Reporter = void (*)(void*, const char*, va_list);

std::string read_flavour() {
  Dl_info info{};
  if (dladdr(reinterpret_cast<const void*>(&read_flavour), &info) == 0) std::abort();
  const std::string name = std::filesystem::path(info.dli_fname).stem();
  constexpr std::string_view kPrefix = "libfake_tflite_";
  return name.substr(kPrefix.size());
}

const std::string kFlavour = read_flavour();

/// A library runs code as soon as it is opened.
const bool kMisbehaved = [] {
  if (kFlavour == "hostile") commit_misdeeds();
  return true;
}();

long good_invokes() {
  const char* text = std::getenv("FAKE_TFLITE_GOOD_INVOKES");
  return text != nullptr ? std::atol(text) : 0;
}

[[noreturn]] void hang() {
  for (;;) pause();
}

// Ends by the memory limit or by std::bad_alloc. The pauses give a watching parent time to step in.
[[noreturn]] void allocate_without_end() {
  std::vector<std::unique_ptr<char[]>> blocks;
  for (;;) {
    blocks.emplace_back(new char[kBlockBytes]);
    std::memset(blocks.back().get(), 1, kBlockBytes);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void spin(std::chrono::microseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
  }
}

}  // namespace

struct TfLiteModel {};

struct TfLiteInterpreterOptions {
  Reporter reporter = nullptr;
  void* user_data = nullptr;
  bool has_delegate = false;
};

struct TfLiteDelegate {};

struct TfLiteTensor {
  const char* name = "";
  std::vector<int> shape;
  std::vector<float> values;
  bool hidden = false;  // answers with a null pointer
};

struct TfLiteInterpreter {
  TfLiteTensor input{"image", {1, kImage, kImage, 3}, {}, false};
  TfLiteTensor output{"scores", {1, kClasses}, {}, false};
  Reporter reporter = nullptr;
  void* user_data = nullptr;
  long invokes = 0;
};

namespace {

void report(Reporter reporter, void* user_data, const char* format, ...) {
  if (reporter == nullptr) return;
  va_list arguments;
  va_start(arguments, format);
  reporter(user_data, format, arguments);
  va_end(arguments);
}

void classify(TfLiteInterpreter& interpreter) {
  const auto batch = static_cast<std::size_t>(interpreter.input.shape.front());
  for (std::size_t i = 0; i < batch; ++i) {
    const std::span<const float> image(interpreter.input.values.data() + i * kPixels, kPixels);
    const std::vector<float> scores = qbench::testing::colour_scores(qbench::testing::mean_colour(image), kClasses);
    std::copy(scores.begin(), scores.end(), interpreter.output.values.begin() + i * kClasses);
  }
}

TfLiteStatus fail_as_flavoured(TfLiteInterpreter& interpreter) {
  if (kFlavour == "crash_invoke") std::raise(SIGSEGV);
  if (kFlavour == "abort_invoke") std::abort();
  if (kFlavour == "hang_invoke") hang();
  if (kFlavour == "hostile") commit_misdeeds();
  if (kFlavour == "alloc_forever") allocate_without_end();
  if (kFlavour == "throw_bad_alloc") throw std::bad_alloc();
  if (kFlavour == "fail_invoke") {
    report(interpreter.reporter, interpreter.user_data, "Node number %d (%s) failed to invoke.\n", 7, "CONV_2D");
    return kTfLiteError;
  }
  return kTfLiteOk;
}

}  // namespace

extern "C" {

const char* TfLiteVersion() { return kFlavour.c_str(); }

TfLiteModel* TfLiteModelCreate(const void* /*data*/, size_t size) {
  if (kFlavour == "crash_load") std::raise(SIGSEGV);
  if (kFlavour == "hang_load") hang();
  if (kFlavour == "fail_load" || size == 0) return nullptr;
  return new TfLiteModel;
}
void TfLiteModelDelete(TfLiteModel* model) { delete model; }

TfLiteInterpreterOptions* TfLiteInterpreterOptionsCreate() { return new TfLiteInterpreterOptions; }
void TfLiteInterpreterOptionsDelete(TfLiteInterpreterOptions* options) { delete options; }
void TfLiteInterpreterOptionsSetNumThreads(TfLiteInterpreterOptions* /*options*/, int32_t /*threads*/) {}
void TfLiteInterpreterOptionsAddDelegate(TfLiteInterpreterOptions* options, TfLiteDelegate* /*delegate*/) {
  options->has_delegate = true;
}
void TfLiteInterpreterOptionsSetErrorReporter(TfLiteInterpreterOptions* options, Reporter reporter, void* user_data) {
  options->reporter = reporter;
  options->user_data = user_data;
}

TfLiteInterpreter* TfLiteInterpreterCreate(const TfLiteModel* /*model*/, const TfLiteInterpreterOptions* options) {
  if (kFlavour == "xnnpack_refuses" && options->has_delegate) {
    report(options->reporter, options->user_data, "failed to delegate %s node #%d", "CONV_2D", 3);
    return nullptr;
  }
  auto interpreter = std::make_unique<TfLiteInterpreter>();
  interpreter->reporter = options->reporter;
  interpreter->user_data = options->user_data;
  return interpreter.release();
}
void TfLiteInterpreterDelete(TfLiteInterpreter* interpreter) { delete interpreter; }

int32_t TfLiteInterpreterGetInputTensorCount(const TfLiteInterpreter* /*interpreter*/) { return 1; }
TfLiteTensor* TfLiteInterpreterGetInputTensor(const TfLiteInterpreter* interpreter, int32_t /*index*/) {
  return const_cast<TfLiteTensor*>(&interpreter->input);
}
TfLiteStatus TfLiteInterpreterResizeInputTensor(TfLiteInterpreter* interpreter, int32_t /*index*/, const int* dims,
                                                int32_t rank) {
  interpreter->input.shape.assign(dims, dims + rank);
  return kTfLiteOk;
}

TfLiteStatus TfLiteInterpreterAllocateTensors(TfLiteInterpreter* interpreter) {
  const int batch = interpreter->input.shape.front();
  if (kFlavour == "no_batch" && batch != 1) {
    report(interpreter->reporter, interpreter->user_data,
           "reshape: num_input_elements != num_output_elements (%d != %d)", 3 * batch, 3);
    report(interpreter->reporter, interpreter->user_data, "Node number %d (RESHAPE) failed to prepare.\n", 2);
    return kTfLiteError;
  }
  interpreter->output.shape.front() = batch;
  interpreter->input.values.assign(kPixels * static_cast<std::size_t>(batch), 0.0F);
  interpreter->output.values.assign(std::size_t{kClasses} * static_cast<std::size_t>(batch), 0.0F);
  interpreter->input.hidden = kFlavour == "null_input";
  return kTfLiteOk;
}

TfLiteStatus TfLiteInterpreterInvoke(TfLiteInterpreter* interpreter) {
  if (interpreter->invokes++ >= good_invokes()) {
    const TfLiteStatus status = fail_as_flavoured(*interpreter);
    if (status != kTfLiteOk) return status;
  }
  if (kFlavour == "slow") spin(std::chrono::milliseconds(2));
  classify(*interpreter);
  interpreter->output.hidden = kFlavour == "null_output";
  return kTfLiteOk;
}

int32_t TfLiteInterpreterGetOutputTensorCount(const TfLiteInterpreter* /*interpreter*/) { return 1; }
const TfLiteTensor* TfLiteInterpreterGetOutputTensor(const TfLiteInterpreter* interpreter, int32_t /*index*/) {
  return &interpreter->output;
}

TfLiteType TfLiteTensorType(const TfLiteTensor* /*tensor*/) { return kTfLiteFloat32; }
int32_t TfLiteTensorNumDims(const TfLiteTensor* tensor) { return static_cast<int32_t>(tensor->shape.size()); }
int32_t TfLiteTensorDim(const TfLiteTensor* tensor, int32_t index) {
  return tensor->shape[static_cast<std::size_t>(index)];
}
size_t TfLiteTensorByteSize(const TfLiteTensor* tensor) { return tensor->values.size() * sizeof(float); }
void* TfLiteTensorData(const TfLiteTensor* tensor) {
  return tensor->hidden ? nullptr : const_cast<float*>(tensor->values.data());
}
const char* TfLiteTensorName(const TfLiteTensor* tensor) { return tensor->name; }
TfLiteQuantizationParams TfLiteTensorQuantizationParams(const TfLiteTensor* /*tensor*/) { return {0.0F, 0}; }

// The export macro of the C headers is not on these two: XNNPACK's are declared nowhere.
__attribute__((visibility("default"))) TfLiteDelegate* TfLiteXNNPackDelegateCreate(const void* /*options*/) {
  return kFlavour == "xnnpack_null" ? nullptr : new TfLiteDelegate;
}
__attribute__((visibility("default"))) void TfLiteXNNPackDelegateDelete(TfLiteDelegate* delegate) { delete delegate; }

}  // extern "C"
