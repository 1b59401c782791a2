// SPDX-License-Identifier: Apache-2.0
#include "models/tflite_reader.h"

#include <flatbuffers/flatbuffers.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "core/error.h"
#include "core/files.h"
#include "models/options_codec.h"
#include "models/packed_files.h"
#include "models/tflite_limits.h"
#include "tflite_generated.h"

namespace qbench::models {
namespace {

namespace fb = flatbuffers;

constexpr std::size_t kMinFileBytes = 12;
/// A table that says anything takes at least this many bytes of the file.
constexpr std::size_t kMinTableBytes = 12;
constexpr std::size_t kFreeTables = 64;
/// Offsets may point at one vector many times, so a small file can unfold into a large graph; real ones never grow.
constexpr std::size_t kMaxGrowth = 16;
constexpr std::size_t kFreeBytes = 4096;
/// Of a mapped file smaller constants are copied.
constexpr std::size_t kSmallestPiece = 4096;

/// Bytes copied out of the file so far.
class Budget {
 public:
  explicit Budget(std::size_t file_bytes) : left_(file_bytes * kMaxGrowth + kFreeBytes) {}
  void take(std::size_t bytes) {
    if (bytes > left_) {
      throw Error(ErrorCode::kModel, "the file unfolds to more than {} times its size", kMaxGrowth);
    }
    left_ -= bytes;
  }

 private:
  std::size_t left_;
};

/// Turns one verified file into a graph.
class Reader {
 public:
  /// `file` owns a mapped `data`; null: all is copied.
  Reader(std::span<const std::byte> data, fb::Verifier& verifier, std::shared_ptr<const MappedFile> file)
      : model_(*schema::GetModel(data.data())), verifier_(verifier), budget_(data.size()), file_(std::move(file)) {}

  Graph read() {
    check_container();
    const schema::SubGraph& subgraph = *model_.subgraphs()->Get(0);
    graph_.name = text(subgraph.name());
    graph_.description = text(model_.description());
    read_buffers();
    read_tensors(subgraph);
    read_operators(subgraph);
    graph_.inputs = tensor_list(subgraph.inputs(), "the model's inputs");
    graph_.outputs = tensor_list(subgraph.outputs(), "the model's outputs");
    read_metadata();
    compact_buffers();
    read_signatures();
    return std::move(graph_);
  }

 private:
  void check_container() const {
    if (model_.version() != kTfliteVersion) {
      throw Error(ErrorCode::kModel, "format version {}; only version 3 exists in the field", model_.version());
    }
    const std::size_t subgraphs = model_.subgraphs() != nullptr ? model_.subgraphs()->size() : 0;
    if (subgraphs != 1) {
      throw Error(ErrorCode::kModel, "{} subgraphs (control flow); a classifier has one", subgraphs);
    }
    const schema::SubGraph& subgraph = *model_.subgraphs()->Get(0);
    if (subgraph.tensors() == nullptr || subgraph.inputs() == nullptr || subgraph.outputs() == nullptr) {
      throw Error(ErrorCode::kModel, "the graph has no tensors, no inputs or no outputs");
    }
  }

  std::string text(const fb::String* value) {
    if (value == nullptr) {
      return {};
    }
    budget_.take(value->size());
    return value->str();
  }

  // The verifier aligns a vector's length, not its elements: eight-byte ones may lie anywhere, so all are copied.
  template <typename Value>
  std::vector<Value> list(const fb::Vector<Value>* values) {
    static_assert(std::endian::native == std::endian::little, "the format's numbers are little endian");
    if (values == nullptr || values->size() == 0) {
      return {};
    }
    budget_.take(values->size() * sizeof(Value));
    std::vector<Value> result(values->size());
    std::memcpy(result.data(), values->Data(), result.size() * sizeof(Value));
    return result;
  }

  Bytes bytes(const fb::Vector<std::uint8_t>* values) {
    if (values == nullptr) {
      return {};
    }
    budget_.take(values->size());
    return to_bytes(std::as_bytes(std::span(values->data(), values->size())));
  }

  ConstantData constant(const fb::Vector<std::uint8_t>* values) {
    if (file_ == nullptr || values == nullptr || values->size() < kSmallestPiece) {
      return bytes(values);
    }
    return {file_, std::as_bytes(std::span(values->data(), values->size()))};
  }

  void read_buffers() {
    if (model_.buffers() == nullptr) {
      return;
    }
    graph_.buffers.clear();
    for (const schema::Buffer* buffer : *model_.buffers()) {
      if (buffer->offset() > 1 || buffer->size() > 1) {
        throw Error(ErrorCode::kModel, "buffer {} lies outside the flatbuffer (a model for files over 2 GB)",
                    graph_.buffers.size());
      }
      graph_.buffers.push_back(constant(buffer->data()));
    }
  }

  void read_tensors(const schema::SubGraph& subgraph) {
    for (const schema::Tensor* stored : *subgraph.tensors()) {
      Tensor tensor;
      tensor.name = text(stored->name());
      if (stored->sparsity() != nullptr) {
        throw Error(ErrorCode::kModel, "tensor {} '{}' is stored sparse; convert the model without sparsity",
                    graph_.tensors.size(), printable_name(tensor.name));
      }
      tensor.type = static_cast<TensorType>(stored->type());
      tensor.shape = list(stored->shape());
      tensor.shape_signature = list(stored->shape_signature());
      tensor.buffer = stored->buffer();
      tensor.is_variable = stored->is_variable();
      tensor.has_rank = stored->has_rank();
      if (stored->quantization() != nullptr) {
        tensor.quantization = quantization(*stored->quantization());
      }
      graph_.tensors.push_back(std::move(tensor));
    }
  }

  TensorQuantization quantization(const schema::QuantizationParameters& stored) {
    if (stored.details_type() != 0) {
      throw Error(ErrorCode::kModel, "tensor {} has a quantization scheme of its own, which qbench does not know",
                  graph_.tensors.size());
    }
    return {.scales = list(stored.scale()),
            .zero_points = list(stored.zero_point()),
            .axis = stored.quantized_dimension(),
            .min = list(stored.min()),
            .max = list(stored.max())};
  }

  void read_operators(const schema::SubGraph& subgraph) {
    if (subgraph.operators() == nullptr) {
      return;
    }
    for (const schema::Operator* stored : *subgraph.operators()) {
      Operator op;
      read_code(*stored, op);
      const std::string where = fmt::format("operator {}", graph_.operators.size());
      op.inputs = tensor_list(stored->inputs(), where, kNoTensor);
      op.outputs = tensor_list(stored->outputs(), where);
      op.intermediates = tensor_list(stored->intermediates(), where, kNoTensor);
      if (stored->builtin_options_2_type() != 0 || stored->large_custom_options_size() > 1) {
        throw Error(
            ErrorCode::kUnsupported,
            "{} uses options that TensorFlow Lite 2.9 does not know; convert the model with an older TensorFlow",
            where);
      }
      op.options = decode_options(*stored, verifier_);
      op.custom_options = bytes(stored->custom_options());
      for (std::uint8_t flag : list(stored->mutating_variable_inputs())) {
        op.mutating_inputs.push_back(flag != 0);
      }
      graph_.operators.push_back(std::move(op));
    }
  }

  void read_code(const schema::Operator& stored, Operator& op) {
    const std::size_t count = model_.operator_codes() != nullptr ? model_.operator_codes()->size() : 0;
    if (stored.opcode_index() >= count) {
      throw Error(ErrorCode::kModel, "operator {} refers to operator code {} of {}", graph_.operators.size(),
                  stored.opcode_index(), count);
    }
    const schema::OperatorCode& code = *model_.operator_codes()->Get(stored.opcode_index());
    op.op = static_cast<Op>(std::max<std::int32_t>(code.deprecated_builtin_code(), code.builtin_code()));
    op.version = code.version();
    op.custom_code = text(code.custom_code());
  }

  std::vector<int> tensor_list(const fb::Vector<std::int32_t>* stored, std::string_view where, int lowest = 0) {
    std::vector<int> indices = list(stored);
    for (int index : indices) {
      check_tensor(index, where, lowest);
    }
    return indices;
  }

  void check_tensor(std::int64_t index, std::string_view where, int lowest) const {
    if (index < lowest || index >= static_cast<std::int64_t>(graph_.tensors.size())) {
      throw Error(ErrorCode::kModel, "{} refer{} to tensor {} of {}", where, where.back() == 's' ? "" : "s", index,
                  graph_.tensors.size());
    }
  }

  void read_metadata() {
    if (model_.metadata() == nullptr) {
      return;
    }
    for (const schema::Metadata* stored : *model_.metadata()) {
      const std::uint32_t buffer = stored->buffer();
      if (buffer >= graph_.buffers.size()) {
        throw Error(ErrorCode::kModel, "metadata entry {} refers to buffer {} of {}", graph_.metadata.size(), buffer,
                    graph_.buffers.size());
      }
      budget_.take(graph_.buffers[buffer].size());
      graph_.metadata.push_back({.name = text(stored->name()), .data = to_bytes(graph_.buffers[buffer])});
    }
  }

  // Converters give every activation an empty buffer of its own and metadata take buffers too: only those that hold a
  // tensor's data stay, in the order of their first use, after the empty buffer 0.
  void compact_buffers() {
    std::vector<ConstantData> kept(1);
    std::vector<std::uint32_t> new_index(graph_.buffers.size(), 0);
    for (Tensor& tensor : graph_.tensors) {
      if (tensor.buffer >= new_index.size()) {
        continue;  // stays out of range
      }
      if (ConstantData& data = graph_.buffers[tensor.buffer]; !data.empty()) {
        new_index[tensor.buffer] = static_cast<std::uint32_t>(kept.size());
        kept.push_back(std::exchange(data, {}));
      }
      tensor.buffer = new_index[tensor.buffer];
    }
    graph_.buffers = std::move(kept);
  }

  void read_signatures() {
    if (model_.signature_defs() == nullptr) {
      return;
    }
    for (const schema::SignatureDef* stored : *model_.signature_defs()) {
      graph_.signatures.push_back({.key = text(stored->signature_key()),
                                   .inputs = signature_entries(stored->inputs()),
                                   .outputs = signature_entries(stored->outputs())});
    }
  }

  std::vector<SignatureEntry> signature_entries(const fb::Vector<fb::Offset<schema::TensorMap>>* stored) {
    std::vector<SignatureEntry> entries;
    if (stored == nullptr) {
      return entries;
    }
    for (const schema::TensorMap* map : *stored) {
      check_tensor(map->tensor_index(), "the model's signatures", 0);
      entries.push_back({.name = text(map->name()), .tensor = static_cast<int>(map->tensor_index())});
    }
    return entries;
  }

  const schema::Model& model_;
  fb::Verifier& verifier_;
  Budget budget_;
  std::shared_ptr<const MappedFile> file_;
  Graph graph_;
};

Graph read_aligned(std::span<const std::byte> data, std::shared_ptr<const MappedFile> file = nullptr) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(data.data());
  fb::Verifier::Options options;
  options.max_tables = static_cast<fb::uoffset_t>(data.size() / kMinTableBytes + kFreeTables);
  fb::Verifier verifier(bytes, data.size(), options);
  if (!schema::VerifyModelBuffer(verifier)) {
    throw Error(ErrorCode::kModel, "the file is truncated or damaged (an offset points outside it)");
  }
  Graph graph = Reader(data, verifier, std::move(file)).read();
  graph.files = read_packed_files(data);
  return graph;
}

void check_size_and_identifier(std::span<const std::byte> data) {
  if (data.size() > kMaxTfliteBytes) {
    throw Error(ErrorCode::kModel, "{} bytes; .tflite models end at 2 GB", data.size());
  }
  if (data.empty()) throw Error(ErrorCode::kModel, "the file is empty");
  if (data.size() < kMinFileBytes || !schema::ModelBufferHasIdentifier(data.data())) {
    throw Error(ErrorCode::kModel, "not a .tflite model (bytes 4 to 7 are not TFL3)");
  }
}

}  // namespace

Graph read_tflite(std::span<const std::byte> data, std::string_view name) {
  try {
    check_size_and_identifier(data);
    // Offsets in a flatbuffer are aligned relative to its start; a start that is not aligned itself would make every
    // access undefined behaviour.
    if (reinterpret_cast<std::uintptr_t>(data.data()) % alignof(std::max_align_t) != 0) {
      return read_aligned(to_bytes(data));
    }
    return read_aligned(data);
  } catch (const Error& error) {
    throw Error(error.code(), fmt::format("{}: {}", name, error.what()));
  }
}

Graph read_tflite_file(const std::filesystem::path& path, std::uint64_t most_in_memory) {
  const std::string name = path.filename().string();
  std::error_code unknown;  // then reading tells
  if (std::filesystem::file_size(path, unknown) <= most_in_memory || unknown) {
    return read_tflite(read_file(path, kMaxTfliteBytes), name);
  }
  try {
    auto file = std::make_shared<const MappedFile>(path, kMaxTfliteBytes);
    check_size_and_identifier(file->bytes());
    return read_aligned(file->bytes(), file);
  } catch (const Error& error) {
    throw Error(error.code(), fmt::format("{}: {}", name, error.what()));
  }
}

}  // namespace qbench::models
