// SPDX-License-Identifier: Apache-2.0
#include "models/metadata.h"

#include <flatbuffers/flatbuffers.h>
#include <flatbuffers/minireflect.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "core/error.h"
#include "metadata_generated.h"

namespace qbench::models {
namespace {

namespace ms = metadata_schema;

constexpr std::string_view kMetadataEntry = "TFLITE_METADATA";
constexpr std::string_view kMinRuntimeEntry = "min_runtime_version";
constexpr std::string_view kDefaultLabelFile = "labels.txt";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::int8_t kAxisLabels = 2;
constexpr std::int8_t kValueLabels = 3;
constexpr std::int8_t kRgb = 1;
constexpr std::int8_t kGray = 2;

using Unpacked = std::unique_ptr<ms::ModelMetadataT>;

const Bytes* entry_of(const Graph& graph, std::string_view name) {
  const auto entry = std::find_if(graph.metadata.begin(), graph.metadata.end(),
                                  [name](const MetadataEntry& each) { return each.name == name; });
  return entry != graph.metadata.end() ? &entry->data : nullptr;
}

void set_entry(Graph& graph, std::string_view name, Bytes data) {
  for (MetadataEntry& entry : graph.metadata) {
    if (entry.name == name) {
      entry.data = std::move(data);
      return;
    }
  }
  graph.metadata.push_back({std::string(name), std::move(data)});
}

/// Offsets may point at one string or table many times: adds up what all of them unfold to, and stops at a limit.
class UnfoldedSize : public flatbuffers::IterationVisitor {
 public:
  void StartSequence() override { add(kObjectBytes); }
  // The walk looks up a union's value by the type field before it, which a damaged file may lack.
  void Field(std::size_t /*index*/, std::size_t /*set_index*/, flatbuffers::ElementaryType type, bool /*is_vector*/,
             const flatbuffers::TypeTable* table, const char* /*name*/, const std::uint8_t* value) override {
    const bool is_union = type == flatbuffers::ET_SEQUENCE && table != nullptr && table->st == flatbuffers::ST_UNION;
    if (is_union && value != nullptr && (value_before_ == nullptr || *value_before_ == 0)) {
      throw Error(ErrorCode::kModel, "the model's metadata (entry TFLITE_METADATA) hold a value without a type");
    }
    value_before_ = value;
  }
  void String(const flatbuffers::String* text) override { add(text->size()); }
  void Element(std::size_t /*i*/, flatbuffers::ElementaryType /*type*/, const flatbuffers::TypeTable* /*table*/,
               const std::uint8_t* /*value*/) override {
    add(kElementBytes);
  }

 private:
  void add(std::size_t bytes) {
    total_ += bytes;
    if (total_ > kMaxUnfoldedBytes) {
      throw Error(ErrorCode::kModel, "the model's metadata (entry TFLITE_METADATA) unfold to more than {} MB",
                  kMaxUnfoldedBytes >> 20);
    }
  }
  static constexpr std::size_t kObjectBytes = 256;
  static constexpr std::size_t kElementBytes = 16;
  static constexpr std::size_t kMaxUnfoldedBytes = 16 << 20;
  std::size_t total_ = 0;
  const std::uint8_t* value_before_ = nullptr;
};

/// nullptr when the graph has no such entry.
Unpacked unpack(const Graph& graph) {
  const Bytes* entry = entry_of(graph, kMetadataEntry);
  if (entry == nullptr) {
    return nullptr;
  }
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(entry->data());
  flatbuffers::Verifier verifier(bytes, entry->size());
  if (!ms::VerifyModelMetadataBuffer(verifier)) {
    throw Error(ErrorCode::kModel, "the model's metadata (entry TFLITE_METADATA) are damaged");
  }
  UnfoldedSize unfolded;
  flatbuffers::IterateFlatBuffer(bytes, ms::ModelMetadataTypeTable(), &unfolded);
  return Unpacked(ms::GetModelMetadata(bytes)->UnPack());
}

const ms::SubGraphMetadataT* subgraph_of(const ms::ModelMetadataT& model) {
  return model.subgraph_metadata.empty() ? nullptr : model.subgraph_metadata[0].get();
}

bool is_label_file(const ms::AssociatedFileT& file) { return file.type == kAxisLabels || file.type == kValueLabels; }

/// The label list of the output, one without a locale first; nullptr when there is none.
ms::AssociatedFileT* label_file_of(const ms::ModelMetadataT& model) {
  const ms::SubGraphMetadataT* subgraph = subgraph_of(model);
  ms::AssociatedFileT* found = nullptr;
  if (subgraph == nullptr) {
    return found;
  }
  for (const auto& output : subgraph->output_tensor_metadata) {
    for (const auto& file : output->associated_files) {
      if (is_label_file(*file) && (found == nullptr || (!found->locale.empty() && file->locale.empty()))) {
        found = file.get();
      }
    }
  }
  return found;
}

void read_input(const ms::TensorMetadataT& input, ModelMetadata& result) {
  for (const auto& unit : input.process_units) {
    if (const ms::NormalizationOptionsT* options = unit->options.AsNormalizationOptions()) {
      result.normalization = Normalization{options->mean, options->std};
    }
  }
  if (input.stats != nullptr) {
    result.input_min = input.stats->min;
    result.input_max = input.stats->max;
  }
  const ms::ImagePropertiesT* image =
      input.content != nullptr ? input.content->content_properties.AsImageProperties() : nullptr;
  if (image == nullptr) {
    return;
  }
  result.colour_space = image->color_space == kRgb    ? ColourSpace::kRgb
                        : image->color_space == kGray ? ColourSpace::kGray
                                                      : ColourSpace::kUnknown;
  if (image->default_size != nullptr) {
    result.image_width = static_cast<int>(image->default_size->width);
    result.image_height = static_cast<int>(image->default_size->height);
  }
}

void read_labels(const Graph& graph, const ms::ModelMetadataT& model, ModelMetadata& result) {
  const ms::AssociatedFileT* labels = label_file_of(model);
  if (labels == nullptr) {
    return;
  }
  result.labels_file = labels->name;
  for (const PackedFile& file : graph.files) {
    if (file.name == labels->name) {
      result.labels = parse_labels({reinterpret_cast<const char*>(file.data.data()), file.data.size()});
    }
  }
}

std::string zero_padded_text(const Bytes& data) {
  const std::string text(reinterpret_cast<const char*>(data.data()), data.size());
  return text.substr(0, text.find('\0'));
}

/// The first element, made when absent.
template <typename Table>
Table& first_of(std::vector<std::unique_ptr<Table>>& list) {
  if (list.empty()) {
    list.push_back(std::make_unique<Table>());
  }
  return *list[0];
}

template <typename Table>
Table& made(std::unique_ptr<Table>& pointer) {
  if (pointer == nullptr) {
    pointer = std::make_unique<Table>();
  }
  return *pointer;
}

void assign(std::string& target, const std::optional<std::string>& value) {
  if (value) {
    target = *value;
  }
}

void set_normalization(ms::TensorMetadataT& input, const Normalization& normalization) {
  for (auto& unit : input.process_units) {
    if (ms::NormalizationOptionsT* options = unit->options.AsNormalizationOptions()) {
      options->mean = normalization.mean;
      options->std = normalization.std;
      return;
    }
  }
  ms::NormalizationOptionsT options;
  options.mean = normalization.mean;
  options.std = normalization.std;
  auto unit = std::make_unique<ms::ProcessUnitT>();
  unit->options.Set(std::move(options));
  input.process_units.push_back(std::move(unit));
}

void set_labels(Graph& graph, ms::ModelMetadataT& model, const std::vector<std::string>& labels) {
  const std::vector<int>& scores = graph.tensors[static_cast<std::size_t>(graph.outputs.at(0))].shape;
  if (scores.empty() || scores.back() != static_cast<int>(labels.size())) {
    throw Error(ErrorCode::kModel, "{} labels for an output of shape {}; give one label for each class", labels.size(),
                shape_text(scores));
  }
  std::string text;
  for (const std::string& label : labels) {
    if (label.find_first_of("\r\n") != std::string::npos) {
      throw Error(ErrorCode::kModel, "the label '{}' holds a line break", printable_name(label));
    }
    text += label + "\n";
  }
  ms::AssociatedFileT* entry = label_file_of(model);
  if (entry == nullptr) {
    auto& output = first_of(first_of(model.subgraph_metadata).output_tensor_metadata);
    output.associated_files.push_back(std::make_unique<ms::AssociatedFileT>());
    entry = output.associated_files.back().get();
    entry->name = kDefaultLabelFile;
    entry->type = kAxisLabels;
  }
  Bytes data = to_bytes(std::as_bytes(std::span(text)));
  for (PackedFile& file : graph.files) {
    if (file.name == entry->name) {
      file.data = std::move(data);
      return;
    }
  }
  graph.files.push_back({entry->name, std::move(data)});
}

/// Tensor metadata go by position, so every input and output up to the first needs an entry.
void make_tensor_entries(const Graph& graph, ms::SubGraphMetadataT& subgraph) {
  const auto fill = [](auto& list, std::size_t count) {
    while (list.size() < count) {
      list.push_back(std::make_unique<ms::TensorMetadataT>());
    }
  };
  fill(subgraph.input_tensor_metadata, graph.inputs.size());
  fill(subgraph.output_tensor_metadata, graph.outputs.size());
}

Bytes packed(const ms::ModelMetadataT& model) {
  flatbuffers::FlatBufferBuilder builder;
  ms::FinishModelMetadataBuffer(builder, ms::ModelMetadata::Pack(builder, &model));
  return to_bytes(std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize())));
}

}  // namespace

std::vector<std::string> parse_labels(std::string_view text) {
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    text.remove_prefix(kByteOrderMark.size());
  }
  std::vector<std::string> labels;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (!line.empty() && line.back() == '\r') {
      line.remove_suffix(1);
    }
    labels.emplace_back(line);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return labels;
}

std::optional<ModelMetadata> read_metadata(const Graph& graph) {
  const Bytes* min_runtime = entry_of(graph, kMinRuntimeEntry);
  const Unpacked model = unpack(graph);
  if (min_runtime == nullptr && model == nullptr) {
    return std::nullopt;
  }
  ModelMetadata result;
  if (min_runtime != nullptr) {
    result.min_runtime_version = zero_padded_text(*min_runtime);
  }
  if (model == nullptr) {
    return result;
  }
  result.name = model->name;
  result.description = model->description;
  result.version = model->version;
  result.author = model->author;
  result.license = model->license;
  result.min_parser_version = model->min_parser_version;
  const ms::SubGraphMetadataT* subgraph = subgraph_of(*model);
  if (subgraph != nullptr && !subgraph->input_tensor_metadata.empty()) {
    read_input(*subgraph->input_tensor_metadata[0], result);
  }
  read_labels(graph, *model, result);
  return result;
}

Graph update_metadata(const Graph& graph, const MetadataUpdate& update) {
  Graph result = graph;
  Unpacked model = unpack(graph);
  made(model);
  assign(model->name, update.name);
  assign(model->description, update.description);
  assign(model->author, update.author);
  assign(model->license, update.license);
  ms::SubGraphMetadataT& subgraph = first_of(model->subgraph_metadata);
  make_tensor_entries(graph, subgraph);
  ms::TensorMetadataT& input = first_of(subgraph.input_tensor_metadata);
  if (update.normalization) {
    set_normalization(input, *update.normalization);
  }
  if (update.input_min) {
    made(input.stats).min = {*update.input_min};
  }
  if (update.input_max) {
    made(input.stats).max = {*update.input_max};
  }
  if (update.labels) {
    set_labels(result, *model, *update.labels);
  }
  set_entry(result, kMetadataEntry, packed(*model));
  return result;
}

}  // namespace qbench::models
