// SPDX-License-Identifier: Apache-2.0
#include "models/tflite_writer.h"

#include <flatbuffers/flatbuffers.h>

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/files.h"
#include "models/options_codec.h"
#include "models/output_check.h"
#include "models/packed_files.h"
#include "models/tflite_limits.h"
#include "tflite_generated.h"

namespace qbench::models {
namespace {

namespace fb = flatbuffers;

constexpr std::size_t kConstantAlignment = 16;
/// Room for everything that is not constant data when the size limit is checked in advance.
constexpr std::size_t kStructureReserve = 16 << 20;
/// Codes from here on do not fit the old one-byte field, which then holds this number.
constexpr std::int32_t kFirstLargeCode = 127;

template <typename Value>
fb::Offset<fb::Vector<Value>> optional_vector(fb::FlatBufferBuilder& builder, const std::vector<Value>& values) {
  return values.empty() ? fb::Offset<fb::Vector<Value>>() : builder.CreateVector(values);
}

fb::Offset<fb::String> optional_string(fb::FlatBufferBuilder& builder, const std::string& text) {
  return text.empty() ? fb::Offset<fb::String>() : builder.CreateString(text);
}

class Writer {
 public:
  explicit Writer(const Graph& graph) : graph_(graph) {}

  Bytes write() {
    check_indices();
    check_size();
    collect_buffers();
    const auto buffers = write_buffers();
    const auto tensors = write_tensors();
    const auto operators = write_operators();
    const auto inputs = builder_.CreateVector(graph_.inputs);
    const auto outputs = builder_.CreateVector(graph_.outputs);
    const auto name = optional_string(builder_, graph_.name);
    const auto subgraph = schema::CreateSubGraph(builder_, tensors, inputs, outputs, operators, name);
    const auto subgraphs = builder_.CreateVector(std::vector<fb::Offset<schema::SubGraph>>{subgraph});
    const auto codes = write_codes();
    const auto metadata = write_metadata();
    const auto signatures = write_signatures();
    const auto description = optional_string(builder_, graph_.description);
    schema::FinishModelBuffer(builder_, schema::CreateModel(builder_, kTfliteVersion, codes, subgraphs, description,
                                                            buffers, metadata, signatures));
    Bytes file = to_bytes(std::as_bytes(std::span(builder_.GetBufferPointer(), builder_.GetSize())));
    append_packed_files(file, graph_.files);
    return file;
  }

 private:
  void check_indices() const {
    for (std::size_t i = 0; i < graph_.operators.size(); ++i) {
      const Operator& op = graph_.operators[i];
      const std::string where = operator_text(graph_, i);
      check_list(op.inputs, kNoTensor, where);
      check_list(op.outputs, 0, where);
      check_list(op.intermediates, kNoTensor, where);
    }
    check_list(graph_.inputs, 0, "the graph's inputs");
    check_list(graph_.outputs, 0, "the graph's outputs");
    for (const Signature& signature : graph_.signatures) {
      for (const auto* entries : {&signature.inputs, &signature.outputs}) {
        for (const SignatureEntry& entry : *entries) {
          check_list({entry.tensor}, 0, "the graph's signatures");
        }
      }
    }
    for (std::size_t i = 0; i < graph_.tensors.size(); ++i) {
      if (graph_.tensors[i].buffer >= graph_.buffers.size()) {
        throw Error(ErrorCode::kModel, "{} refers to buffer {} of {}: such a graph is not written",
                    tensor_text(graph_, static_cast<int>(i)), graph_.tensors[i].buffer, graph_.buffers.size());
      }
    }
  }

  void check_list(const std::vector<int>& tensors, int lowest, std::string_view where) const {
    for (int tensor : tensors) {
      if (tensor < lowest || tensor >= static_cast<int>(graph_.tensors.size())) {
        throw Error(ErrorCode::kModel, "{}: tensor {} of {}: such a graph is not written", where, tensor,
                    graph_.tensors.size());
      }
    }
  }

  void check_size() const {
    std::size_t total = kStructureReserve;
    for (const ConstantData& buffer : graph_.buffers) {
      total += buffer.size();
    }
    for (const MetadataEntry& entry : graph_.metadata) {
      total += entry.data.size();
    }
    for (const PackedFile& file : graph_.files) {
      total += file.data.size();
    }
    if (total > kMaxTfliteBytes) {
      throw Error(ErrorCode::kModel, "the model would take more than 2 GB, which the .tflite format cannot hold");
    }
  }

  // Buffers that no tensor uses are left behind, and all empty ones become buffer 0.
  void collect_buffers() {
    new_index_.assign(graph_.buffers.size(), 0);
    for (const Tensor& tensor : graph_.tensors) {
      if (!graph_.buffers[tensor.buffer].empty() && new_index_[tensor.buffer] == 0) {
        contents_.push_back(graph_.buffers[tensor.buffer]);
        new_index_[tensor.buffer] = static_cast<std::uint32_t>(contents_.size());
      }
    }
    first_metadata_buffer_ = static_cast<std::uint32_t>(contents_.size()) + 1;
    for (const MetadataEntry& entry : graph_.metadata) {
      contents_.push_back(entry.data);
    }
  }

  fb::Offset<fb::Vector<fb::Offset<schema::Buffer>>> write_buffers() {
    std::vector<fb::Offset<schema::Buffer>> buffers{schema::CreateBuffer(builder_)};
    for (const std::span<const std::byte> content : contents_) {
      builder_.ForceVectorAlignment(content.size(), 1, kConstantAlignment);
      const auto* bytes = reinterpret_cast<const std::uint8_t*>(content.data());
      buffers.push_back(schema::CreateBuffer(builder_, builder_.CreateVector(bytes, content.size())));
    }
    return builder_.CreateVector(buffers);
  }

  fb::Offset<fb::Vector<fb::Offset<schema::Tensor>>> write_tensors() {
    std::vector<fb::Offset<schema::Tensor>> tensors;
    for (const Tensor& tensor : graph_.tensors) {
      const auto shape = builder_.CreateVector(tensor.shape);
      const auto name = optional_string(builder_, tensor.name);
      const auto quantization = write_quantization(tensor.quantization);
      const auto signature = optional_vector(builder_, tensor.shape_signature);
      tensors.push_back(schema::CreateTensor(builder_, shape, static_cast<std::int8_t>(tensor.type),
                                             new_index_[tensor.buffer], name, quantization, tensor.is_variable, 0,
                                             signature, tensor.has_rank));
    }
    return builder_.CreateVector(tensors);
  }

  fb::Offset<schema::QuantizationParameters> write_quantization(const TensorQuantization& quantization) {
    if (quantization == TensorQuantization{}) {
      return 0;
    }
    const auto min = optional_vector(builder_, quantization.min);
    const auto max = optional_vector(builder_, quantization.max);
    const auto scale = optional_vector(builder_, quantization.scales);
    const auto zero_point = optional_vector(builder_, quantization.zero_points);
    return schema::CreateQuantizationParameters(builder_, min, max, scale, zero_point, 0, quantization.axis);
  }

  fb::Offset<fb::Vector<fb::Offset<schema::Operator>>> write_operators() {
    std::vector<fb::Offset<schema::Operator>> operators;
    for (const Operator& op : graph_.operators) {
      const auto inputs = builder_.CreateVector(op.inputs);
      const auto outputs = builder_.CreateVector(op.outputs);
      const EncodedOptions options = encode_options(builder_, op.options);
      fb::Offset<fb::Vector<std::uint8_t>> custom;
      if (!op.custom_options.empty()) {
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(op.custom_options.data());
        builder_.ForceVectorAlignment(op.custom_options.size(), 1, kConstantAlignment);
        custom = builder_.CreateVector(bytes, op.custom_options.size());
      }
      const std::vector<std::uint8_t> flags(op.mutating_inputs.begin(), op.mutating_inputs.end());
      const auto mutating = optional_vector(builder_, flags);
      const auto intermediates = optional_vector(builder_, op.intermediates);
      operators.push_back(schema::CreateOperator(builder_, code_index(op), inputs, outputs, options.type, options.table,
                                                 custom, 0, mutating, intermediates));
    }
    return builder_.CreateVector(operators);
  }

  std::uint32_t code_index(const Operator& op) {
    const CodeKey key{static_cast<std::int32_t>(op.op), op.custom_code, op.version};
    const auto [entry, is_new] = code_indices_.try_emplace(key, static_cast<std::uint32_t>(codes_.size()));
    if (is_new) {
      codes_.push_back(key);
    }
    return entry->second;
  }

  fb::Offset<fb::Vector<fb::Offset<schema::OperatorCode>>> write_codes() {
    std::vector<fb::Offset<schema::OperatorCode>> codes;
    for (const auto& [code, custom_code, version] : codes_) {
      const auto old_code = static_cast<std::int8_t>(std::min(code, kFirstLargeCode));
      codes.push_back(
          schema::CreateOperatorCode(builder_, old_code, optional_string(builder_, custom_code), version, code));
    }
    return builder_.CreateVector(codes);
  }

  fb::Offset<fb::Vector<fb::Offset<schema::Metadata>>> write_metadata() {
    std::vector<fb::Offset<schema::Metadata>> entries;
    for (std::size_t i = 0; i < graph_.metadata.size(); ++i) {
      const auto name = builder_.CreateString(graph_.metadata[i].name);
      entries.push_back(schema::CreateMetadata(builder_, name, first_metadata_buffer_ + static_cast<std::uint32_t>(i)));
    }
    return optional_vector(builder_, entries);
  }

  fb::Offset<fb::Vector<fb::Offset<schema::SignatureDef>>> write_signatures() {
    std::vector<fb::Offset<schema::SignatureDef>> signatures;
    for (const Signature& signature : graph_.signatures) {
      const auto inputs = write_entries(signature.inputs);
      const auto outputs = write_entries(signature.outputs);
      const auto key = builder_.CreateString(signature.key);
      signatures.push_back(schema::CreateSignatureDef(builder_, inputs, outputs, key));
    }
    return optional_vector(builder_, signatures);
  }

  fb::Offset<fb::Vector<fb::Offset<schema::TensorMap>>> write_entries(const std::vector<SignatureEntry>& entries) {
    std::vector<fb::Offset<schema::TensorMap>> maps;
    for (const SignatureEntry& entry : entries) {
      const auto name = builder_.CreateString(entry.name);
      maps.push_back(schema::CreateTensorMap(builder_, name, static_cast<std::uint32_t>(entry.tensor)));
    }
    return builder_.CreateVector(maps);
  }

  using CodeKey = std::tuple<std::int32_t, std::string, int>;

  const Graph& graph_;
  fb::FlatBufferBuilder builder_;
  std::vector<std::uint32_t> new_index_;              ///< by buffer of the graph
  std::vector<std::span<const std::byte>> contents_;  ///< buffers 1, 2, ... of the file
  std::uint32_t first_metadata_buffer_ = 0;
  std::map<CodeKey, std::uint32_t> code_indices_;
  std::vector<CodeKey> codes_;
};

}  // namespace

Bytes write_tflite(const Graph& graph) { return Writer(graph).write(); }

void write_tflite_file(const Graph& graph, const std::filesystem::path& path) {
  const Bytes bytes = write_tflite(graph);
  check_output(graph, bytes, path.filename().string());
  write_file_atomic(path, bytes);
}

}  // namespace qbench::models
