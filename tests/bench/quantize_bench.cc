// SPDX-License-Identifier: Apache-2.0
// Making the int8 variant of the default model from 100 images, decoding and checks included. Goal: at most 1.5 x the
// time of 100 inferences with all activations as outputs, plus one second ("share_of_limit" at most 1).
#include <benchmark/benchmark.h>

#include <chrono>
#include <filesystem>

#include "datasets/synth.h"
#include "harness/variants/calibration.h"
#include "harness/variants/make_variant.h"
#include "models/output_check.h"
#include "models/quantize/expose_activations.h"
#include "models/tflite_reader.h"
#include "models/tflite_writer.h"
#include "runners/builtin.h"
#include "tests/support/paths.h"

namespace qbench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kImages = 100;

/// Model, images and runner, or why there are none.
struct Setup {
  std::string missing;
  models::Graph graph;
  variants::ImageSetOptions images;
  variants::Execution execution;
};

Setup prepare(const testing::TemporaryFolder& folder) {
  Setup setup;
  std::filesystem::path model = QBENCH_DEFAULT_MODEL;
  if (!std::filesystem::exists(model)) {
    const auto other = testing::shared_data("data/models/resnet8_cifar10_fp32.tflite");
    if (!other) {
      setup.missing = "no default model";
      return setup;
    }
    model = *other;
  }
  const auto runners = runners::builtin_runners();
  setup.execution.runner = runners::find_runner(runners, "tflite");
  setup.execution.jobs = 1;  // as many as the inferences it is compared with use
  if (!setup.execution.runner.probe({}).available) setup.missing = "no TensorFlow Lite library";
  setup.graph = models::read_tflite_file(model);
  setup.images.recipe.recipe = named_recipe("tf");  // of the default model
  datasets::write_synthetic_set(folder.path() / "shapes", kImages, datasets::kSyntheticCalibrationSeed);
  setup.images.dataset.path = folder.path() / "shapes";
  return setup;
}

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

/// Time of kImages inferences that also hand out every activation.
double instrumented_seconds(const Setup& setup) {
  engine::SilentProgress silent;
  const variants::ImageSet images(setup.graph, setup.images, silent);
  const std::vector<int> tensors = models::activation_tensors(setup.graph);
  const models::Bytes bytes = models::write_tflite(models::expose_activations(setup.graph, tensors));
  variants::ModelSession session(bytes, images.recipe(), images.view().image, setup.execution);
  session.run(images.pixels(0));
  const Clock::time_point start = Clock::now();
  for (std::size_t i = 0; i < images.count(); ++i) {
    session.run(images.pixels(i));
    for (std::size_t output = 0; output < tensors.size(); ++output) benchmark::DoNotOptimize(session.output(output));
  }
  return seconds_since(start);
}

void quantize_int8(benchmark::State& state, variants::RangeMethod method) {
  const testing::TemporaryFolder folder;
  const Setup setup = prepare(folder);
  if (!setup.missing.empty()) {
    state.SkipWithError(setup.missing.c_str());
    return;
  }
  const double instrumented = instrumented_seconds(setup);
  engine::SilentProgress silent;
  double total = 0.0;
  for (auto _ : state) {
    const Clock::time_point start = Clock::now();
    const variants::ImageSet images(setup.graph, setup.images, silent);
    const auto statistics = variants::calibrate(setup.graph, images, {.method = method}, setup.execution, silent);
    const variants::Variant variant =
        variants::make_variant(setup.graph, variants::variant_kind("int8"), statistics, {});
    const models::Bytes bytes = models::write_tflite(variant.graph);
    models::check_output(variant.graph, bytes, "int8");
    total += seconds_since(start);
  }
  state.counters["instrumented_s"] = instrumented;
  state.counters["share_of_limit"] = total / static_cast<double>(state.iterations()) / (1.5 * instrumented + 1.0);
}

BENCHMARK_CAPTURE(quantize_int8, minmax, variants::RangeMethod::kMinMax)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK_CAPTURE(quantize_int8, mse, variants::RangeMethod::kLeastError)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace qbench

BENCHMARK_MAIN();
