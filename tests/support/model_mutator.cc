// SPDX-License-Identifier: Apache-2.0
#include "tests/support/model_mutator.h"

#include <flatbuffers/flatbuffers.h>

#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "models/option_layout.h"
#include "models/tensor_type.h"
#include "tflite_generated.h"

namespace qbench::testing {
namespace {

namespace fb = flatbuffers;
namespace schema = models::schema;
using models::TensorType;

/// Larger constants are weights, whose values no runtime trusts with anything.
constexpr std::size_t kMaxConstantBytes = 256;

class PlaceFinder {
 public:
  explicit PlaceFinder(std::span<const std::byte> model)
      : base_(reinterpret_cast<const std::uint8_t*>(model.data())), model_(*schema::GetModel(model.data())) {}

  std::vector<Place> find() {
    find_codes();
    if (model_.subgraphs() == nullptr || model_.subgraphs()->size() == 0) {
      return {};
    }
    const schema::SubGraph& graph = *model_.subgraphs()->Get(0);
    find_tensors(graph);
    find_operators(graph);
    add_vector(PlaceKind::kGraphEnd, graph.inputs());
    add_vector(PlaceKind::kGraphEnd, graph.outputs());
    return std::move(places_);
  }

 private:
  void add(PlaceKind kind, const std::uint8_t* at, std::size_t bytes, bool is_float = false) {
    if (at != nullptr) {
      places_.push_back({kind, static_cast<std::size_t>(at - base_), static_cast<int>(bytes), is_float});
    }
  }

  /// A field of any generated table, when the file has it.
  template <typename Table>
  void add_field(PlaceKind kind, const Table& table, fb::voffset_t slot, std::size_t bytes, bool is_float = false) {
    add(kind, reinterpret_cast<const fb::Table*>(&table)->GetAddressOf(slot), bytes, is_float);
  }

  template <typename Element>
  void add_vector(PlaceKind kind, const fb::Vector<Element>* vector) {
    if (vector == nullptr) {
      return;
    }
    add(PlaceKind::kVectorLength, vector->Data() - sizeof(fb::uoffset_t), sizeof(fb::uoffset_t));
    for (fb::uoffset_t i = 0; i < vector->size(); ++i) {
      add(kind, vector->Data() + i * sizeof(Element), sizeof(Element), std::is_floating_point_v<Element>);
    }
  }

  void find_codes() {
    if (model_.operator_codes() == nullptr) {
      return;
    }
    for (const schema::OperatorCode* code : *model_.operator_codes()) {
      add_field(PlaceKind::kOpCode, *code, schema::OperatorCode::VT_DEPRECATED_BUILTIN_CODE, 1);
      add_field(PlaceKind::kOpCode, *code, schema::OperatorCode::VT_BUILTIN_CODE, 4);
      add_field(PlaceKind::kOpCode, *code, schema::OperatorCode::VT_VERSION, 4);
    }
  }

  void find_tensors(const schema::SubGraph& graph) {
    if (graph.tensors() == nullptr) {
      return;
    }
    for (const schema::Tensor* tensor : *graph.tensors()) {
      add_vector(PlaceKind::kShape, tensor->shape());
      add_vector(PlaceKind::kShape, tensor->shape_signature());
      add_field(PlaceKind::kType, *tensor, schema::Tensor::VT_TYPE, 1);
      add_field(PlaceKind::kBuffer, *tensor, schema::Tensor::VT_BUFFER, 4);
      add_field(PlaceKind::kBuffer, *tensor, schema::Tensor::VT_IS_VARIABLE, 1);
      if (const schema::QuantizationParameters* quantization = tensor->quantization()) {
        add_vector(PlaceKind::kScale, quantization->scale());
        add_vector(PlaceKind::kZeroPoint, quantization->zero_point());
        add_field(PlaceKind::kZeroPoint, *quantization, schema::QuantizationParameters::VT_QUANTIZED_DIMENSION, 4);
      }
      find_constant(*tensor);
    }
  }

  void find_constant(const schema::Tensor& tensor) {
    const auto type = static_cast<TensorType>(tensor.type());
    const bool integers = type == TensorType::kInt32 || type == TensorType::kInt64;
    if (!integers || model_.buffers() == nullptr || tensor.buffer() >= model_.buffers()->size()) {
      return;
    }
    const fb::Vector<std::uint8_t>* data = model_.buffers()->Get(tensor.buffer())->data();
    const std::size_t width = models::type_bytes(type);
    if (data == nullptr || data->size() > kMaxConstantBytes) {
      return;
    }
    for (std::size_t at = 0; at + width <= data->size(); at += width) {
      add(PlaceKind::kConstant, data->Data() + at, width);
    }
  }

  void find_operators(const schema::SubGraph& graph) {
    if (graph.operators() == nullptr) {
      return;
    }
    for (const schema::Operator* op : *graph.operators()) {
      add_field(PlaceKind::kOpCode, *op, schema::Operator::VT_OPCODE_INDEX, 4);
      add_field(PlaceKind::kOption, *op, schema::Operator::VT_BUILTIN_OPTIONS_TYPE, 1);
      add_vector(PlaceKind::kOperand, op->inputs());
      add_vector(PlaceKind::kOperand, op->outputs());
      if (op->builtin_options() != nullptr) {
        find_options(*op, std::make_index_sequence<std::variant_size_v<models::OperatorOptions>>{});
      }
    }
  }

  template <std::size_t... Is>
  void find_options(const schema::Operator& op, std::index_sequence<Is...> /*alternatives*/) {
    (find_options_of<std::variant_alternative_t<Is, models::OperatorOptions>>(op), ...);
  }

  template <typename Options>
  void find_options_of(const schema::Operator& op) {
    if constexpr (!std::is_same_v<Options, std::monostate> && !std::is_same_v<Options, models::RawOptions>) {
      using Table = typename models::OptionLayout<Options>::Table;
      const Table* table = op.builtin_options_as<Table>();
      if (table == nullptr) {
        return;
      }
      Options options;
      models::OptionLayout<Options>::visit(options, [this, table](fb::voffset_t slot, const auto& member) {
        using Member = std::decay_t<decltype(member)>;
        if constexpr (std::is_same_v<Member, std::vector<int>>) {
          const auto* generic = reinterpret_cast<const fb::Table*>(table);
          add_vector(PlaceKind::kOption, generic->GetPointer<const fb::Vector<std::int32_t>*>(slot));
        } else {
          add_field(PlaceKind::kOption, *table, slot, sizeof(Member), std::is_floating_point_v<Member>);
        }
      });
    }
  }

  const std::uint8_t* base_;
  const schema::Model& model_;
  std::vector<Place> places_;
};

template <typename Value>
Value read(std::span<const std::byte> bytes, std::size_t offset) {
  Value value{};
  std::memcpy(&value, bytes.data() + offset, sizeof(value));
  return value;
}

std::int64_t read_integer(std::span<const std::byte> bytes, const Place& place) {
  switch (place.bytes) {
    case 1:
      return read<std::int8_t>(bytes, place.offset);
    case 4:
      return read<std::int32_t>(bytes, place.offset);
    default:
      return read<std::int64_t>(bytes, place.offset);
  }
}

class Mutator {
 public:
  Mutator(std::span<const std::byte> model, std::span<const Place> places, std::mt19937_64& random)
      : mutant_{{model.begin(), model.end()}, {}}, places_(places), random_(random) {}

  Mutant run() {
    const std::size_t changes = 1 + (below(3) == 0 ? below(3) + 1 : 0);
    for (std::size_t i = 0; i < changes; ++i) {
      change(pick());
    }
    return std::move(mutant_);
  }

 private:
  std::size_t below(std::size_t end) { return static_cast<std::size_t>(random_() % end); }

  // Kinds first: else the many words of shapes and operands would drown the few others.
  const Place& pick() {
    const auto kind = static_cast<PlaceKind>(below(kPlaceKinds));
    std::vector<const Place*> candidates;
    for (const Place& place : places_) {
      if (place.kind == kind) {
        candidates.push_back(&place);
      }
    }
    return candidates.empty() ? places_[below(places_.size())] : *candidates[below(candidates.size())];
  }

  void change(const Place& place) {
    if (place.is_float) {
      const float value = new_float(read<float>(mutant_.bytes, place.offset));
      std::memcpy(mutant_.bytes.data() + place.offset, &value, sizeof(value));
    } else {
      const std::int64_t value = new_integer(place);
      std::memcpy(mutant_.bytes.data() + place.offset, &value, static_cast<std::size_t>(place.bytes));
    }
    mutant_.changed.push_back(place.kind);
  }

  float new_float(float old) {
    const std::array values = {0.0F,
                               -1.0F,
                               1.0F,
                               -old,
                               old * 2,
                               old / 2,
                               old * 1e3F,
                               old * 1e-3F,
                               old * 1e6F,
                               old * 1e-6F,
                               1e30F,
                               1e-30F,
                               std::numeric_limits<float>::max(),
                               std::numeric_limits<float>::min(),
                               std::numeric_limits<float>::denorm_min(),
                               std::numeric_limits<float>::infinity(),
                               std::numeric_limits<float>::quiet_NaN()};
    return values[below(values.size())];
  }

  std::int64_t new_integer(const Place& place) {
    const std::int64_t old = read_integer(mutant_.bytes, place);
    switch (below(4)) {
      case 0: {
        constexpr std::array<std::int64_t, 12> kSpecial = {
            0, 1, -1, 2, 3, 127, 255, 65535, 1 << 20, INT32_MAX, INT32_MIN, std::numeric_limits<std::int64_t>::max()};
        return kSpecial[below(kSpecial.size())];
      }
      case 1:
        return wrapped_sum(old, below(5) - 2);
      case 2:
        return static_cast<std::int64_t>(below(16));
      default:
        return value_of_another(place, old);
    }
  }

  /// A value that some other place of the kind has: valid by itself, wrong here.
  std::int64_t value_of_another(const Place& place, std::int64_t old) {
    for (int attempt = 0; attempt < 50; ++attempt) {
      const Place& other = places_[below(places_.size())];
      if (other.kind == place.kind && other.bytes == place.bytes) {
        const std::int64_t value = read_integer(mutant_.bytes, other);
        if (value != old) {
          return value;
        }
      }
    }
    return wrapped_sum(old, 1);
  }

  /// Wraps at the ends of the type, where signed arithmetic would not be defined.
  static std::int64_t wrapped_sum(std::int64_t value, std::uint64_t delta) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(value) + delta);
  }

  Mutant mutant_;
  std::span<const Place> places_;
  std::mt19937_64& random_;
};

}  // namespace

std::string_view place_name(PlaceKind kind) noexcept {
  constexpr std::array<std::string_view, kPlaceKinds> kNames = {"shape",  "vector length", "operand", "graph end",
                                                                "option", "op code",       "type",    "buffer",
                                                                "scale",  "zero point",    "constant"};
  return kNames[static_cast<std::size_t>(kind)];
}

std::vector<Place> mutable_places(std::span<const std::byte> model) {
  fb::Verifier verifier(reinterpret_cast<const std::uint8_t*>(model.data()), model.size());
  return schema::VerifyModelBuffer(verifier) ? PlaceFinder(model).find() : std::vector<Place>{};
}

Mutant mutate(std::span<const std::byte> model, std::span<const Place> places, std::mt19937_64& random) {
  return Mutator(model, places, random).run();
}

}  // namespace qbench::testing
