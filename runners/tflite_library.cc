// SPDX-License-Identifier: Apache-2.0
#include "runners/tflite_library.h"

#include <cstdlib>
#include <system_error>
#include <utility>

#include "core/error.h"

namespace qbench::runners {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFileName = "libtensorflowlite_c.so";

/// lib/qbench/<file> in the nearest folder above the executable, or empty.
fs::path library_beside_executable() {
  std::error_code error;
  fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
  while (!folder.empty()) {
    fs::path candidate = folder / "lib" / "qbench" / kFileName;
    if (fs::exists(candidate, error)) return candidate;
    if (folder == folder.root_path()) break;
    folder = folder.parent_path();
  }
  return {};
}

/// What the environment names, else what lies beside the executable; empty when neither does.
fs::path library_by_search() {
  if (const char* named = std::getenv("QBENCH_TFLITE_LIB"); named != nullptr && *named != '\0') return named;
  return library_beside_executable();
}

SharedLibrary open_by_search() {
  if (const fs::path found = library_by_search(); !found.empty()) return SharedLibrary(found);
  try {
    return SharedLibrary(kFileName);
  } catch (const Error&) {
    throw Error(ErrorCode::kRuntime,
                "no TensorFlow Lite library: set QBENCH_TFLITE_LIB to a {}, put one into <prefix>/lib/qbench or run "
                "scripts/setup.sh",
                kFileName);
  }
}

template <typename Function>
void require(const SharedLibrary& library, const char* symbol, Function& function) {
  function = library.find<Function>(symbol);
  if (function == nullptr) {
    throw Error(ErrorCode::kRuntime, "{} is not a TensorFlow Lite C library: it has no {}", library.path().string(),
                symbol);
  }
}

TfliteApi load_api(const SharedLibrary& library) {
  TfliteApi api;
  require(library, "TfLiteVersion", api.version);
  require(library, "TfLiteModelCreate", api.model_create);
  require(library, "TfLiteModelDelete", api.model_delete);
  require(library, "TfLiteInterpreterOptionsCreate", api.options_create);
  require(library, "TfLiteInterpreterOptionsDelete", api.options_delete);
  require(library, "TfLiteInterpreterOptionsSetNumThreads", api.options_set_num_threads);
  require(library, "TfLiteInterpreterOptionsAddDelegate", api.options_add_delegate);
  require(library, "TfLiteInterpreterOptionsSetErrorReporter", api.options_set_error_reporter);
  require(library, "TfLiteInterpreterCreate", api.interpreter_create);
  require(library, "TfLiteInterpreterDelete", api.interpreter_delete);
  require(library, "TfLiteInterpreterGetInputTensorCount", api.input_count);
  require(library, "TfLiteInterpreterGetInputTensor", api.input);
  require(library, "TfLiteInterpreterResizeInputTensor", api.resize_input);
  require(library, "TfLiteInterpreterAllocateTensors", api.allocate_tensors);
  require(library, "TfLiteInterpreterInvoke", api.invoke);
  require(library, "TfLiteInterpreterGetOutputTensorCount", api.output_count);
  require(library, "TfLiteInterpreterGetOutputTensor", api.output);
  require(library, "TfLiteTensorType", api.tensor_type);
  require(library, "TfLiteTensorNumDims", api.tensor_num_dims);
  require(library, "TfLiteTensorDim", api.tensor_dim);
  require(library, "TfLiteTensorByteSize", api.tensor_byte_size);
  require(library, "TfLiteTensorData", api.tensor_data);
  require(library, "TfLiteTensorName", api.tensor_name);
  require(library, "TfLiteTensorQuantizationParams", api.tensor_quantization);
  api.xnnpack_create = library.find<decltype(api.xnnpack_create)>("TfLiteXNNPackDelegateCreate");
  api.xnnpack_delete = library.find<decltype(api.xnnpack_delete)>("TfLiteXNNPackDelegateDelete");
  return api;
}

}  // namespace

TfliteLibrary TfliteLibrary::open(const fs::path& requested) {
  return TfliteLibrary(requested.empty() ? open_by_search() : SharedLibrary(requested));
}

std::vector<fs::path> TfliteLibrary::candidates(const fs::path& requested) {
  fs::path found = requested.empty() ? library_by_search() : requested;
  if (found.empty()) return {};
  return {std::move(found)};
}

TfliteLibrary::TfliteLibrary(SharedLibrary library) : library_(std::move(library)), api_(load_api(library_)) {}

}  // namespace qbench::runners
