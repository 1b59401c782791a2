// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/bare_loop.h"

#include <chrono>
#include <cstring>
#include <random>

#include "core/assert.h"
#include "core/files.h"

namespace qbench::testing {
namespace {

using runners::TfliteApi;
using runners::TfliteHandle;

TfliteHandle<TfLiteInterpreter> make_interpreter(const TfliteApi& api, const TfLiteModel* model,
                                                 TfLiteDelegate* delegate) {
  const TfliteHandle<TfLiteInterpreterOptions> options(api.options_create(), api.options_delete);
  api.options_set_num_threads(options.get(), 1);
  api.options_add_delegate(options.get(), delegate);
  return {api.interpreter_create(model, options.get()), api.interpreter_delete};
}

/// Raw 0..255 pixels, whatever the type.
void fill_with_noise(const TfliteApi& api, TfLiteTensor* tensor) {
  std::mt19937_64 random(1);
  auto* data = static_cast<std::byte*>(api.tensor_data(tensor));
  const std::size_t bytes = api.tensor_byte_size(tensor);
  if (api.tensor_type(tensor) != kTfLiteFloat32) {
    for (std::size_t i = 0; i < bytes; ++i) data[i] = static_cast<std::byte>(random() >> 56);
    return;
  }
  for (std::size_t i = 0; i + sizeof(float) <= bytes; i += sizeof(float)) {
    const auto value = static_cast<float>(random() >> 56);
    std::memcpy(data + i, &value, sizeof value);
  }
}

}  // namespace

BareLoop::BareLoop(const std::filesystem::path& model)
    : library_(runners::TfliteLibrary::open({})),
      bytes_(read_file(model)),
      model_(library_.api().model_create(bytes_.data(), bytes_.size()), library_.api().model_delete),
      xnnpack_(nullptr, library_.api().xnnpack_delete),
      interpreter_(nullptr, library_.api().interpreter_delete) {
  const TfliteApi& api = library_.api();
  const runners::XnnpackOptions options{.num_threads = 1, .flags = 1};
  xnnpack_.reset(api.xnnpack_create(&options));
  interpreter_ = make_interpreter(api, model_.get(), xnnpack_.get());
  QBENCH_ASSERT(interpreter_ && api.allocate_tensors(interpreter_.get()) == kTfLiteOk);
  fill_with_noise(api, api.input(interpreter_.get(), 0));
}

std::vector<double> BareLoop::run(std::size_t count) const {
  using Clock = std::chrono::steady_clock;
  std::vector<double> samples(count);
  for (double& sample : samples) {
    const Clock::time_point start = Clock::now();
    QBENCH_ASSERT(library_.api().invoke(interpreter_.get()) == kTfLiteOk);
    sample = std::chrono::duration<double, std::nano>(Clock::now() - start).count();
  }
  return samples;
}

}  // namespace qbench::testing
