// SPDX-License-Identifier: Apache-2.0
#include "harness/variants/layer_errors.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <memory>
#include <numeric>
#include <optional>
#include <set>

#include "core/error.h"
#include "harness/variants/byte_stream.h"
#include "harness/variants/child_blocks.h"
#include "models/op_cost.h"
#include "models/quantize/expose_activations.h"
#include "models/repair.h"
#include "models/tflite_writer.h"

namespace qbench::variants {
namespace {

using models::Graph;
using models::Op;
using models::Operator;

constexpr double kNoErrorDb = 200.0;

/// Powers of one activation, by channel.
struct Powers {
  std::vector<double> signal;
  std::vector<double> error;

  explicit Powers(std::size_t channels = 0) : signal(channels, 0.0), error(channels, 0.0) {}
  void add(std::span<const float> reference, std::span<const float> other) {
    for (std::size_t i = 0; i < reference.size(); i += signal.size()) {
      for (std::size_t c = 0; c < signal.size(); ++c) {
        const double value = reference[i + c];
        const double difference = value - other[i + c];
        signal[c] += value * value;
        error[c] += difference * difference;
      }
    }
  }
  void add(const Powers& part) {
    for (std::size_t c = 0; c < signal.size(); ++c) {
      signal[c] += part.signal[c];
      error[c] += part.error[c];
    }
  }
};

double sum(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }

/// Error power as a share of the signal's; of a signal that is zero everywhere: no error or all of it.
double error_share(double signal, double error) {
  if (error == 0.0) return 0.0;
  return signal > 0.0 ? error / signal : 1.0;
}

double decibel(double share) { return share > 0.0 ? std::min(-10.0 * std::log10(share), kNoErrorDb) : kNoErrorDb; }

bool is_conversion(const Operator& op) { return op.op == Op::kQuantize || op.op == Op::kDequantize; }

/// Those that compute activations: neither conversions nor shape arithmetic.
std::vector<std::size_t> real_ops(const Graph& graph) {
  const std::vector<int> list = models::activation_tensors(graph);
  const std::set<int> activations(list.begin(), list.end());
  std::vector<std::size_t> ops;
  for (std::size_t i = 0; i < graph.operators.size(); ++i) {
    const Operator& op = graph.operators[i];
    if (!is_conversion(op) && activations.contains(op.outputs.at(0))) ops.push_back(i);
  }
  return ops;
}

bool same_kinds(const Graph& a, const std::vector<std::size_t>& a_ops, const Graph& b,
                const std::vector<std::size_t>& b_ops) {
  return std::equal(a_ops.begin(), a_ops.end(), b_ops.begin(), b_ops.end(), [&](std::size_t i, std::size_t j) {
    return a.operators[i].op == b.operators[j].op && a.operators[i].outputs.size() == b.operators[j].outputs.size();
  });
}

std::string plain_name(std::string name) {
  constexpr std::array<std::string_view, 2> kSuffixes = {"_int8", "_int16"};
  for (std::string_view suffix : kSuffixes) {
    if (name.ends_with(suffix)) name.erase(name.size() - suffix.size());
  }
  return name;
}

/// By plain name, the tensors of the other model that hold activations.
std::map<std::string, int> named_activations(const Graph& graph) {
  std::map<std::string, int> named;
  for (int tensor : models::activation_tensors(graph)) {
    named.try_emplace(plain_name(graph.tensors[static_cast<std::size_t>(tensor)].name), tensor);
  }
  return named;
}

/// One run of both models, image by image.
class Comparison {
 public:
  Comparison(const Graph& reference, const Graph& other, const ImageSet& images, const Execution& execution)
      : reference_(models::repair(reference).graph),
        images_(images),
        execution_(execution),
        matched_(match_activations(reference, other)) {
    keep_equal_shapes(models::repair(other).graph);
    std::vector<int> left;
    std::vector<int> right;
    for (const MatchedActivation& pair : matched_) {
      left.push_back(pair.reference);
      right.push_back(pair.other);
    }
    // Exposed first: repairs drop what nobody reads.
    reference_bytes_ = models::write_tflite(models::repair(models::expose_activations(reference, left)).graph);
    other_bytes_ = models::write_tflite(models::repair(models::expose_activations(other, right)).graph);
  }

  std::vector<Powers> measure(engine::Progress& progress) {
    ChildBlocks plan;
    plan.blocks = (images_.count() + kBlockImages - 1) / kBlockImages;
    plan.jobs = execution_.jobs;
    plan.what = "a model with all activations as outputs";
    plan.limits = execution_.limits;
    plan.progress = [&](std::size_t done) { progress.advance(std::min(done * kBlockImages, images_.count())); };
    progress.begin("comparing activations", images_.count());
    std::vector<Powers> total = empty();
    for (const std::string& block : run_in_children(plan, [this](const Beat& beat) {
           auto left =
               std::make_shared<ModelSession>(reference_bytes_, images_.recipe(), images_.view().image, execution_);
           auto right =
               std::make_shared<ModelSession>(other_bytes_, images_.recipe(), images_.view().image, execution_);
           return [this, left, right, beat](std::size_t index) { return run_block(*left, *right, index, beat); };
         })) {
      ByteReader reader(block);
      for (Powers& each : total) {
        Powers part;
        part.signal = reader.get_all<double>();
        part.error = reader.get_all<double>();
        each.add(part);
      }
    }
    progress.end();
    return total;
  }

  [[nodiscard]] const std::vector<MatchedActivation>& matched() const noexcept { return matched_; }

 private:
  std::vector<Powers> empty() const {
    std::vector<Powers> powers;
    for (const MatchedActivation& pair : matched_) powers.emplace_back(models::channels_of(reference_, pair.reference));
    return powers;
  }

  std::string run_block(ModelSession& left, ModelSession& right, std::size_t block, const Beat& beat) const {
    std::vector<Powers> powers = empty();
    const std::size_t end = std::min((block + 1) * kBlockImages, images_.count());
    for (std::size_t image = block * kBlockImages; image < end; ++image) {
      left.run(images_.pixels(image));
      right.run(images_.pixels(image));
      beat();
      for (std::size_t i = 0; i < matched_.size(); ++i) powers[i].add(left.output(i), right.output(i));
    }
    ByteWriter writer;
    for (const Powers& each : powers) {
      writer.put_all(each.signal);
      writer.put_all(each.error);
    }
    return writer.take();
  }

  /// Repairs keep the tensors' indices, but may correct a declared shape.
  void keep_equal_shapes(const Graph& other) {
    std::erase_if(matched_, [&](const MatchedActivation& pair) {
      return reference_.tensors[static_cast<std::size_t>(pair.reference)].shape !=
             other.tensors[static_cast<std::size_t>(pair.other)].shape;
    });
  }

  const Graph reference_;
  const ImageSet& images_;
  const Execution& execution_;
  std::vector<MatchedActivation> matched_;
  models::Bytes reference_bytes_;
  models::Bytes other_bytes_;
};

LayerError judged(const Graph& graph, const MatchedActivation& pair, const Powers& powers) {
  LayerError error;
  error.op = pair.op;
  error.text = models::operator_text(graph, pair.op);
  error.sqnr_db = decibel(error_share(sum(powers.signal), sum(powers.error)));
  error.worst_sqnr_db = kNoErrorDb;
  for (std::size_t c = 0; c < powers.signal.size(); ++c) {
    const double own = decibel(error_share(powers.signal[c], powers.error[c]));
    if (own < error.worst_sqnr_db) {
      error.worst_sqnr_db = own;
      error.worst_channel = static_cast<int>(c);
    }
  }
  return error;
}

}  // namespace

std::vector<MatchedActivation> match_activations(const Graph& reference, const Graph& other) {
  const std::vector<std::size_t> left = real_ops(reference);
  const std::vector<std::size_t> right = real_ops(other);
  const bool by_position = same_kinds(reference, left, other, right);
  const std::map<std::string, int> named = named_activations(other);
  const std::vector<int> comparable_list = models::activation_tensors(other);
  const std::set<int> comparable(comparable_list.begin(), comparable_list.end());
  const std::vector<int> own = models::activation_tensors(reference);
  std::vector<MatchedActivation> matched;
  std::set<int> used;
  for (std::size_t i = 0; i < left.size(); ++i) {
    const int tensor = reference.operators[left[i]].outputs.at(0);
    const models::Tensor& info = reference.tensors[static_cast<std::size_t>(tensor)];
    if (std::find(own.begin(), own.end(), tensor) == own.end()) continue;
    const auto found = named.find(plain_name(info.name));
    const int candidate = by_position            ? other.operators[right[i]].outputs.at(0)
                          : found != named.end() ? found->second
                                                 : models::kNoTensor;
    if (candidate != models::kNoTensor && comparable.contains(candidate) && used.insert(candidate).second &&
        other.tensors[static_cast<std::size_t>(candidate)].shape == info.shape) {
      matched.push_back({left[i], tensor, candidate});
    }
  }
  if (matched.size() * 2 < left.size() || matched.empty()) {
    throw Error(ErrorCode::kNotComparable,
                "only {} of the float model's {} ops have a counterpart; are the files variants of one model?",
                matched.size(), left.size());
  }
  return matched;
}

std::vector<LayerError> layer_errors(const Graph& reference, const Graph& other, const ImageSet& images,
                                     const Execution& execution, engine::Progress& progress) {
  Comparison comparison(reference, other, images, execution);
  const std::vector<Powers> powers = comparison.measure(progress);
  std::int64_t all_macs = 0;
  for (const Operator& op : reference.operators) all_macs += models::multiply_accumulates(reference, op);
  std::map<int, double> share_at;  // by tensor of the float model
  std::vector<LayerError> errors;
  for (std::size_t i = 0; i < powers.size(); ++i) {
    const MatchedActivation& pair = comparison.matched()[i];
    const Operator& op = reference.operators[pair.op];
    LayerError error = judged(reference, pair, powers[i]);
    const double share = error_share(sum(powers[i].signal), sum(powers[i].error));
    double inherited = 0.0;
    for (int input : op.inputs) {
      const auto known = share_at.find(input);
      if (known != share_at.end()) inherited = std::max(inherited, known->second);
    }
    share_at[pair.reference] = share;
    error.added = std::max(share - inherited, 0.0);
    error.mac_share =
        all_macs > 0 ? static_cast<double>(models::multiply_accumulates(reference, op)) / static_cast<double>(all_macs)
                     : 0.0;
    errors.push_back(std::move(error));
  }
  return errors;
}

std::vector<std::size_t> ranking(const std::vector<LayerError>& errors) {
  std::vector<std::size_t> order(errors.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&errors](std::size_t a, std::size_t b) { return errors[a].added > errors[b].added; });
  return order;
}

}  // namespace qbench::variants
