// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tensorflow/lite/c/c_api.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "runners/shared_library.h"

namespace qbench::runners {

/// The options of the XNNPACK delegate as far as we know them. The library ships no header and its struct has grown
/// over the years; everything after the flags is left zero, which every version reads as "default".
struct XnnpackOptions {
  std::int32_t num_threads = 1;
  std::uint32_t flags = 0;
  std::array<std::byte, 120> reserved{};
};

/// The functions of the TensorFlow Lite C API that the runner calls, looked up in one library file.
struct TfliteApi {
  decltype(&TfLiteVersion) version = nullptr;
  decltype(&TfLiteModelCreate) model_create = nullptr;
  decltype(&TfLiteModelDelete) model_delete = nullptr;
  decltype(&TfLiteInterpreterOptionsCreate) options_create = nullptr;
  decltype(&TfLiteInterpreterOptionsDelete) options_delete = nullptr;
  decltype(&TfLiteInterpreterOptionsSetNumThreads) options_set_num_threads = nullptr;
  decltype(&TfLiteInterpreterOptionsAddDelegate) options_add_delegate = nullptr;
  decltype(&TfLiteInterpreterOptionsSetErrorReporter) options_set_error_reporter = nullptr;
  decltype(&TfLiteInterpreterCreate) interpreter_create = nullptr;
  decltype(&TfLiteInterpreterDelete) interpreter_delete = nullptr;
  decltype(&TfLiteInterpreterGetInputTensorCount) input_count = nullptr;
  decltype(&TfLiteInterpreterGetInputTensor) input = nullptr;
  decltype(&TfLiteInterpreterResizeInputTensor) resize_input = nullptr;
  decltype(&TfLiteInterpreterAllocateTensors) allocate_tensors = nullptr;
  decltype(&TfLiteInterpreterInvoke) invoke = nullptr;
  decltype(&TfLiteInterpreterGetOutputTensorCount) output_count = nullptr;
  decltype(&TfLiteInterpreterGetOutputTensor) output = nullptr;
  decltype(&TfLiteTensorType) tensor_type = nullptr;
  decltype(&TfLiteTensorNumDims) tensor_num_dims = nullptr;
  decltype(&TfLiteTensorDim) tensor_dim = nullptr;
  decltype(&TfLiteTensorByteSize) tensor_byte_size = nullptr;
  decltype(&TfLiteTensorData) tensor_data = nullptr;
  decltype(&TfLiteTensorName) tensor_name = nullptr;
  decltype(&TfLiteTensorQuantizationParams) tensor_quantization = nullptr;
  // Null when the library was built without XNNPACK.
  TfLiteDelegate* (*xnnpack_create)(const XnnpackOptions*) = nullptr;
  void (*xnnpack_delete)(TfLiteDelegate*) = nullptr;
};

/// An opened TensorFlow Lite library. Immutable; must outlive every handle made with it.
class TfliteLibrary {
 public:
  /// Opens `requested`; when empty, the file that QBENCH_TFLITE_LIB names; else lib/qbench/libtensorflowlite_c.so in
  /// the nearest folder above the executable that has one (<prefix>/lib/qbench of an installed qbench, the build
  /// folder of another); else the system loader's libtensorflowlite_c.so. Throws Error(kRuntime) that says what to do
  /// when there is none, when it cannot be opened or when it lacks a function.
  [[nodiscard]] static TfliteLibrary open(const std::filesystem::path& requested);

  /// The files that open() would try, as far as they are known by path.
  [[nodiscard]] static std::vector<std::filesystem::path> candidates(const std::filesystem::path& requested);

  [[nodiscard]] const TfliteApi& api() const noexcept { return api_; }
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return library_.path(); }

 private:
  explicit TfliteLibrary(SharedLibrary library);

  SharedLibrary library_;
  TfliteApi api_;
};

/// Owns a handle of the C API and gives it back with the library's own function.
template <typename T>
using TfliteHandle = std::unique_ptr<T, void (*)(T*)>;

}  // namespace qbench::runners
