// SPDX-License-Identifier: Apache-2.0
#include "runners/external_delegate.h"

#include <fmt/ranges.h>

#include <chrono>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "core/error.h"

namespace qbench::runners {
namespace {

using CreateFunction = TfLiteDelegate* (*)(char**, char**, std::size_t, void (*)(const char*));
using DestroyFunction = void (*)(TfLiteDelegate*);
using VerbosityFunction = void (*)(int);

// The plug-in's error handler gets no user data, so the text has to find its way through the thread.
thread_local std::vector<std::string>* reported_errors = nullptr;

void collect_error(const char* message) {
  if (reported_errors != nullptr && message != nullptr) reported_errors->emplace_back(message);
}

class ErrorCollection {
 public:
  explicit ErrorCollection(std::vector<std::string>& errors) { reported_errors = &errors; }
  ~ErrorCollection() { reported_errors = nullptr; }
  ErrorCollection(const ErrorCollection&) = delete;
  ErrorCollection& operator=(const ErrorCollection&) = delete;
};

TfLiteDelegate* call_create(CreateFunction create, const std::map<std::string, std::string>& options,
                            std::vector<std::string>& errors) {
  // The plug-in's signature wants pointers to characters that it might write to: copies.
  std::vector<std::string> texts;
  texts.reserve(2 * options.size());
  std::vector<char*> keys;
  std::vector<char*> values;
  for (const auto& [key, value] : options) {
    keys.push_back(texts.emplace_back(key).data());
    values.push_back(texts.emplace_back(value).data());
  }
  const ErrorCollection collection(errors);
  return create(keys.data(), values.data(), keys.size(), &collect_error);
}

}  // namespace

ExternalDelegate::ExternalDelegate(const DelegateOptions& options)
    : library_(options.library), delegate_(nullptr, nullptr) {
  const auto create = library_.find<CreateFunction>("tflite_plugin_create_delegate");
  const auto destroy = library_.find<DestroyFunction>("tflite_plugin_destroy_delegate");
  if (create == nullptr || destroy == nullptr) {
    throw Error(ErrorCode::kRuntime, "{} is not a delegate plug-in: it has no tflite_plugin_create_delegate",
                library_.path().string());
  }
  // An Edge TPU library says why it fails only on stderr, and only when asked to talk.
  if (const auto talk = library_.find<VerbosityFunction>("edgetpu_verbosity"); talk != nullptr) talk(1);

  std::vector<std::string> errors;
  const auto start = std::chrono::steady_clock::now();
  TfLiteDelegate* delegate = nullptr;
  try {
    delegate = call_create(create, options.options, errors);
  } catch (const std::bad_alloc&) {
    throw Error(ErrorCode::kOutOfMemory, "{} ran out of memory while making its delegate", library_.path().string());
  }
  create_ms_ = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  if (delegate == nullptr) {
    throw Error(ErrorCode::kDevice, "{} made no delegate after {:.0f} ms: {}", library_.path().string(), create_ms_,
                errors.empty() ? "it gave no reason; is the device there and free? (qbench probe)"
                               : fmt::format("{}", fmt::join(errors, "; ")));
  }
  delegate_ = {delegate, destroy};
}

}  // namespace qbench::runners
