// SPDX-License-Identifier: Apache-2.0
#include "runners/tflite_runner.h"

#include <algorithm>
#include <exception>
#include <string_view>
#include <utility>

#include "core/error.h"
#include "runners/tflite_session.h"

namespace qbench::runners {
namespace {

constexpr std::string_view kName = "tflite";

void check_options(const RunnerOptions& options) {
  if (options.batch < 1 || options.threads < 1) {
    throw Error(ErrorCode::kConfig, "batch ({}) and threads ({}) must be at least 1", options.batch, options.threads);
  }
  if (!options.delegate.library.empty() && options.kernels == Kernels::kXnnpack) {
    throw Error(ErrorCode::kConfig, "kernels 'xnnpack' and a delegate library exclude each other");
  }
}

// A model compiled for an Edge TPU is one custom op whose program is fixed to the batch it was compiled for. Known from
// the op's name in the file, so that a busy device is not asked for something impossible.
bool is_pinned_to_own_batch(std::span<const std::byte> model) {
  constexpr std::string_view kOp = "edgetpu-custom-op";
  const std::string_view text(reinterpret_cast<const char*>(model.data()), model.size());
  return text.find(kOp) != std::string_view::npos;
}

TfliteHandle<TfLiteModel> load_model(const TfliteLibrary& library, std::span<const std::byte> bytes) {
  TfliteHandle<TfLiteModel> model(library.api().model_create(bytes.data(), bytes.size()), library.api().model_delete);
  if (model == nullptr) {
    throw Error(ErrorCode::kModel, "the library refuses the file ({} bytes): it is no valid .tflite model",
                bytes.size());
  }
  return model;
}

class TfliteRunner final : public Runner {
 public:
  void prepare(std::span<const std::byte> model, const RunnerOptions& options) override {
    session_.reset();
    model_.reset();
    description_ = {};
    check_options(options);
    library_.emplace(TfliteLibrary::open(options.library));
    model_ = load_model(*library_, model);
    description_.name = kName;
    description_.version = library_->api().version();
    description_.library = library_->path();
    if (!options.delegate.library.empty()) {
      prepare_delegate(model, options);
    } else {
      prepare_kernels(options);
    }
    describe_partition(options.kernels);
    if (!session_->warnings().empty()) description_.notes.push_back(session_->warnings());
  }

  [[nodiscard]] RunnerDescription describe() const override { return description_; }
  [[nodiscard]] const std::vector<TensorSpec>& inputs() const override { return session().inputs(); }
  [[nodiscard]] const std::vector<TensorSpec>& outputs() const override { return session().outputs(); }
  std::span<std::byte> input_memory(std::size_t index) override { return session().input_memory(index); }
  void get_output(std::size_t index, std::span<std::byte> data) const override { session().get_output(index, data); }
  void invoke() override { session_->invoke(); }

 private:
  void prepare_delegate(std::span<const std::byte> model, const RunnerOptions& options) {
    if (options.batch > 1 && is_pinned_to_own_batch(model)) {
      throw Error(ErrorCode::kUnsupported,
                  "cannot run at batch {}: the model was compiled for an Edge TPU at a fixed batch", options.batch);
    }
    open_session(TfliteKernels::kDelegate, options);
    description_.kernels = "delegate";
    description_.delegate_create_ms = session_->delegate_create_ms();
  }

  void prepare_kernels(const RunnerOptions& options) {
    if (options.kernels != Kernels::kBuiltin) {
      try {
        open_session(TfliteKernels::kXnnpack, options);
        description_.kernels = "xnnpack";
        return;
      } catch (const Error& error) {
        if (options.kernels == Kernels::kXnnpack) throw;
        description_.notes.push_back(fmt::format("built-in kernels, because XNNPACK failed: {}", error.what()));
      }
    }
    open_session(TfliteKernels::kBuiltin, options);
    description_.kernels = "builtin";
  }

  // A delegate that was accepted and runs nothing is no accelerated path.
  void describe_partition(Kernels wanted) {
    const PartitionObserver* partition = session_->partition();
    if (partition == nullptr || !partition->was_asked()) return;
    description_.accelerated_parts = partition->delegated_parts();
    description_.builtin_ops = partition->builtin_ops();
    if (partition->delegated_parts() > 0) return;
    const std::string reason =
        fmt::format("{} takes no op of this model", description_.kernels == "xnnpack" ? "XNNPACK" : "the delegate");
    if (wanted == Kernels::kXnnpack) throw Error(ErrorCode::kUnsupported, "{}", reason);
    description_.notes.push_back("built-in kernels, because " + reason);
    description_.kernels = "builtin";
  }

  void open_session(TfliteKernels kernels, const RunnerOptions& options) {
    session_ = std::make_unique<TfliteSession>(*library_, *model_, kernels, options);
  }

  [[nodiscard]] TfliteSession& session() const {
    if (session_ == nullptr) throw Error(ErrorCode::kRuntime, "no model is prepared");
    return *session_;
  }

  // Destroyed from the last to the first.
  std::optional<TfliteLibrary> library_;
  TfliteHandle<TfLiteModel> model_{nullptr, nullptr};
  std::unique_ptr<TfliteSession> session_;
  RunnerDescription description_;
};

Availability probe(const RunnerOptions& options) {
  Availability answer;
  try {
    const TfliteLibrary library = TfliteLibrary::open(options.library);
    answer.available = true;
    answer.version = library.api().version();
    answer.library = library.path();
  } catch (const std::exception& error) {
    answer.reason = error.what();
  }
  return answer;
}

std::vector<std::filesystem::path> libraries(const RunnerOptions& options) {
  return TfliteLibrary::candidates(options.library);
}

std::unique_ptr<Runner> make() { return std::make_unique<TfliteRunner>(); }

}  // namespace

RunnerDescriptor tflite_descriptor() {
  return {.name = std::string(kName),
          .summary = "TensorFlow Lite C library, XNNPACK or built-in kernels, external delegates",
          .probe = &probe,
          .make = &make,
          .libraries = &libraries};
}

}  // namespace qbench::runners
