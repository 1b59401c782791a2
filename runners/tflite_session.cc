// SPDX-License-Identifier: Apache-2.0
#include "runners/tflite_session.h"

#include <algorithm>
#include <cstring>
#include <exception>
#include <new>
#include <string>

#include "core/error.h"

namespace qbench::runners {
namespace {

constexpr std::uint32_t kXnnpackSignedInt8 = 1;  // the flag for unsigned int8 makes uint8 models fail: never set

/// Calls into the library; an allocation failure is thrown straight through its C functions.
template <typename Function>
auto guarded(const char* what, Function&& function) -> decltype(function()) {
  try {
    return function();
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::kOutOfMemory, "the library ran out of memory while {}", what);
  } catch (const Error&) {
    throw;
  } catch (const std::exception& error) {
    throw Error(ErrorCode::kRuntime, "the library threw while {}: {}", what, error.what());
  }
}

DType dtype_of(TfLiteType type, const std::string& tensor) {
  switch (type) {
    case kTfLiteFloat32:
      return DType::kFloat32;
    case kTfLiteFloat16:
      return DType::kFloat16;
    case kTfLiteInt8:
      return DType::kInt8;
    case kTfLiteUInt8:
      return DType::kUint8;
    case kTfLiteInt16:
      return DType::kInt16;
    case kTfLiteInt32:
      return DType::kInt32;
    case kTfLiteInt64:
      return DType::kInt64;
    case kTfLiteBool:
      return DType::kBool;
    default:
      throw Error(ErrorCode::kUnsupported, "tensor '{}' has an element type (number {}) that no classifier uses",
                  tensor, static_cast<int>(type));
  }
}

std::vector<int> shape_of(const TfliteApi& api, const TfLiteTensor* tensor) {
  std::vector<int> shape(static_cast<std::size_t>(std::max(api.tensor_num_dims(tensor), 0)));
  for (std::size_t i = 0; i < shape.size(); ++i) shape[i] = api.tensor_dim(tensor, static_cast<int>(i));
  return shape;
}

TensorSpec spec_of(const TfliteApi& api, const TfLiteTensor* tensor, const char* role) {
  if (tensor == nullptr) throw Error(ErrorCode::kModel, "the library has no tensor behind an {}", role);
  TensorSpec spec;
  if (const char* name = api.tensor_name(tensor); name != nullptr) spec.name = name;
  spec.shape = shape_of(api, tensor);
  spec.dtype = dtype_of(api.tensor_type(tensor), spec.name);
  const TfLiteQuantizationParams quantization = api.tensor_quantization(tensor);
  spec.quantization = {quantization.scale, quantization.zero_point};
  if (api.tensor_data(tensor) == nullptr) {
    throw Error(ErrorCode::kRuntime, "the library gave no memory to {} '{}'", role, spec.name);
  }
  if (api.tensor_byte_size(tensor) != spec.byte_size()) {
    throw Error(ErrorCode::kModel, "{} '{}' ({} {}) has {} bytes instead of {}", role, spec.name,
                shape_text(spec.shape), dtype_name(spec.dtype), api.tensor_byte_size(tensor), spec.byte_size());
  }
  return spec;
}

bool has_batch(const std::vector<int>& shape, int batch) { return !shape.empty() && shape.front() == batch; }

void check_size(std::size_t expected, std::size_t actual, const std::string& tensor) {
  if (expected == actual) return;
  throw Error(ErrorCode::kRuntime, "tensor '{}' holds {} bytes, {} were given", tensor, expected, actual);
}

}  // namespace

TfliteSession::TfliteSession(const TfliteLibrary& library, const TfLiteModel& model, TfliteKernels kernels,
                             const RunnerOptions& options)
    : api_(library.api()), xnnpack_(nullptr, api_.xnnpack_delete), interpreter_(nullptr, api_.interpreter_delete) {
  create_delegate(kernels, options);
  guarded("preparing the model", [&] {
    create_interpreter(model, options.threads);
    allocate_at(options.batch);
    settle_dynamic_outputs();
    check_batched_outputs(options.batch);
    read_specs();
  });
}

void TfliteSession::create_delegate(TfliteKernels kernels, const RunnerOptions& options) {
  if (kernels == TfliteKernels::kBuiltin) return;
  // XNNPACK refuses dynamic tensors itself; a vendor's delegate may allow them, so the observer must not be stricter.
  partition_.emplace(kernels == TfliteKernels::kDelegate);
  if (kernels == TfliteKernels::kDelegate) {
    external_.emplace(options.delegate);
    return;
  }
  if (api_.xnnpack_create == nullptr || api_.xnnpack_delete == nullptr) {
    throw Error(ErrorCode::kUnsupported, "this library was built without XNNPACK");
  }
  const XnnpackOptions xnnpack{.num_threads = options.threads, .flags = kXnnpackSignedInt8};
  xnnpack_.reset(guarded("starting XNNPACK", [&] { return api_.xnnpack_create(&xnnpack); }));
  if (xnnpack_ == nullptr) {
    throw Error(ErrorCode::kRuntime,
                "XNNPACK does not start on this machine; it must be able to read /proc/cpuinfo and "
                "/sys/devices/system/cpu, and without them every kernel is many times slower");
  }
}

void TfliteSession::create_interpreter(const TfLiteModel& model, int threads) {
  const TfliteHandle<TfLiteInterpreterOptions> options(api_.options_create(), api_.options_delete);
  api_.options_set_num_threads(options.get(), threads);
  api_.options_set_error_reporter(options.get(), &TfliteMessages::report, &messages_);
  if (xnnpack_ != nullptr) api_.options_add_delegate(options.get(), xnnpack_.get());
  if (external_) api_.options_add_delegate(options.get(), external_->get());
  if (partition_) api_.options_add_delegate(options.get(), partition_->get());
  interpreter_.reset(api_.interpreter_create(&model, options.get()));
  if (interpreter_ == nullptr) throw explain_failure(TfliteStage::kCreateInterpreter, messages_.text());
}

void TfliteSession::allocate_at(int batch) {
  TfLiteInterpreter* interpreter = interpreter_.get();
  if (api_.input_count(interpreter) < 1 || api_.output_count(interpreter) < 1) {
    throw Error(ErrorCode::kModel, "the model has no input or no output");
  }
  const std::vector<int> input = shape_of(api_, api_.input(interpreter, 0));
  const int own_batch = input.empty() ? 1 : input.front();
  for (int i = 0; i < api_.output_count(interpreter); ++i) {
    if (has_batch(shape_of(api_, api_.output(interpreter, i)), own_batch)) batched_outputs_.push_back(i);
  }
  // An image without a batch dimension, like 28x28x1, is a batch of one as it is.
  const bool has_no_batch = batch == 1 && batched_outputs_.empty();
  if (batch != own_batch && !has_no_batch) {
    if (input.empty() || batched_outputs_.empty()) {
      throw Error(ErrorCode::kUnsupported, "cannot run at batch {}: the model's {} has no batch dimension", batch,
                  input.empty() ? "input" : "output");
    }
    resize_inputs(own_batch, batch);
  }
  if (api_.allocate_tensors(interpreter) != kTfLiteOk) throw allocation_failure(batch, own_batch);
}

void TfliteSession::check_batched_outputs(int batch) const {
  for (int i : batched_outputs_) {
    const std::vector<int> shape = shape_of(api_, api_.output(interpreter_.get(), i));
    if (has_batch(shape, batch)) continue;
    throw Error(ErrorCode::kUnsupported, "cannot run at batch {}: output {} stays {}", batch, i, shape_text(shape));
  }
}

// Shapes that the model computes are known, and get their memory, when it has run.
void TfliteSession::settle_dynamic_outputs() {
  TfLiteInterpreter* interpreter = interpreter_.get();
  bool all = true;
  for (int i = 0; i < api_.output_count(interpreter); ++i) {
    all = all && api_.tensor_data(api_.output(interpreter, i)) != nullptr;
  }
  if (all) return;
  for (int i = 0; i < api_.input_count(interpreter); ++i) {
    const TfLiteTensor* input = api_.input(interpreter, i);
    if (void* memory = api_.tensor_data(input); memory != nullptr) {
      std::memset(memory, 0, api_.tensor_byte_size(input));
    }
  }
  if (api_.invoke(interpreter) != kTfLiteOk) throw explain_failure(TfliteStage::kAllocate, messages_.text());
}

void TfliteSession::resize_inputs(int from_batch, int to_batch) {
  for (int i = 0; i < api_.input_count(interpreter_.get()); ++i) {
    std::vector<int> shape = shape_of(api_, api_.input(interpreter_.get(), i));
    if (!has_batch(shape, from_batch)) continue;
    shape.front() = to_batch;
    api_.resize_input(interpreter_.get(), i, shape.data(), static_cast<int>(shape.size()));
  }
}

// Only a model that can be prepared at its own batch is one that "cannot be batched".
Error TfliteSession::allocation_failure(int batch, int own_batch) {
  const std::string text = messages_.text();
  Error failure = explain_failure(TfliteStage::kAllocate, text);
  if (batch == own_batch || failure.code() == ErrorCode::kUnsupported) return failure;
  resize_inputs(batch, own_batch);
  if (api_.allocate_tensors(interpreter_.get()) != kTfLiteOk) return failure;
  return Error(ErrorCode::kUnsupported, "cannot run at batch {}: {}", batch, explain_batch_failure(text));
}

void TfliteSession::read_specs() {
  const int input_count = api_.input_count(interpreter_.get());
  for (int i = 0; i < input_count; ++i) inputs_.push_back(spec_of(api_, api_.input(interpreter_.get(), i), "input"));
  const int output_count = api_.output_count(interpreter_.get());
  for (int i = 0; i < output_count; ++i) {
    outputs_.push_back(spec_of(api_, api_.output(interpreter_.get(), i), "output"));
  }
  warnings_ = messages_.text();
  messages_.clear();
}

std::span<std::byte> TfliteSession::input_memory(std::size_t index) {
  const TensorSpec& spec = inputs_.at(index);
  void* memory = api_.tensor_data(api_.input(interpreter_.get(), static_cast<std::int32_t>(index)));
  return {static_cast<std::byte*>(memory), spec.byte_size()};
}

void TfliteSession::get_output(std::size_t index, std::span<std::byte> data) const {
  const TensorSpec& spec = outputs_.at(index);
  const TfLiteTensor* tensor = api_.output(interpreter_.get(), static_cast<std::int32_t>(index));
  const void* source = api_.tensor_data(tensor);
  if (source == nullptr) throw Error(ErrorCode::kRuntime, "output '{}' has no memory after invoke", spec.name);
  check_size(api_.tensor_byte_size(tensor), data.size(), spec.name);
  std::memcpy(data.data(), source, data.size());
}

void TfliteSession::invoke() {
  const TfLiteStatus status = guarded("invoking", [this] { return api_.invoke(interpreter_.get()); });
  if (status != kTfLiteOk) throw explain_failure(TfliteStage::kInvoke, messages_.text());
}

}  // namespace qbench::runners
