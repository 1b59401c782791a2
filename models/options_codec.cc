// SPDX-License-Identifier: Apache-2.0
#include "models/options_codec.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/error.h"
#include "models/option_layout.h"

namespace qbench::models {
namespace {

namespace fb = flatbuffers;

using Slot = fb::voffset_t;

constexpr Slot kFirstSlot = 4;
constexpr std::size_t kMaxScalarBytes = 8;
/// The format's union numbers end here.
constexpr int kLastUnionNumber = 126;
/// Tables of the format that hold vectors or strings and have no struct here (concat embeddings, variable handle,
/// bucketize): their bytes cannot be moved without knowing their fields.
constexpr std::array kTablesWithReferences = {3, 111, 115};

template <typename Options>
constexpr schema::BuiltinOptions kUnionType =
    schema::BuiltinOptionsTraits<typename OptionLayout<Options>::Table>::enum_value;

/// The type that a member has in the file.
template <typename Member, bool IsEnum = std::is_enum_v<Member>>
struct Stored {
  using Type = std::underlying_type_t<Member>;
};
template <typename Member>
struct Stored<Member, false> {
  using Type = std::conditional_t<std::is_same_v<Member, bool>, std::uint8_t, Member>;
};

struct FieldReader {
  const fb::Table& table;

  void operator()(Slot slot, std::vector<int>& member) const {
    if (const auto* values = table.GetPointer<const fb::Vector<std::int32_t>*>(slot)) {
      member.assign(values->begin(), values->end());
    }
  }
  template <typename Member>
  void operator()(Slot slot, Member& member) const {
    using Type = typename Stored<Member>::Type;
    const Type value = table.GetField<Type>(slot, static_cast<Type>(member));
    if constexpr (std::is_same_v<Member, bool>) {
      member = value != 0;
    } else {
      member = static_cast<Member>(value);
    }
  }
};

/// Vectors must be complete before their table is begun.
struct VectorWriter {
  fb::FlatBufferBuilder& builder;
  std::vector<std::pair<Slot, fb::Offset<fb::Vector<std::int32_t>>>> vectors;

  void operator()(Slot slot, std::vector<int>& member) {
    if (!member.empty()) {
      vectors.emplace_back(slot, builder.CreateVector(member));
    }
  }
  template <typename Member>
  void operator()(Slot /*slot*/, Member& /*member*/) {}
};

struct ScalarWriter {
  fb::FlatBufferBuilder& builder;

  void operator()(Slot /*slot*/, std::vector<int>& /*member*/) const {}
  template <typename Member>
  void operator()(Slot slot, Member& member) const {
    builder.AddElement(slot, static_cast<typename Stored<Member>::Type>(member));
  }
};

template <typename Options>
fb::Offset<void> encode(fb::FlatBufferBuilder& builder, Options options) {
  VectorWriter vectors{builder, {}};
  OptionLayout<Options>::visit(options, vectors);
  const fb::uoffset_t start = builder.StartTable();
  for (const auto& [slot, offset] : vectors.vectors) {
    builder.AddOffset(slot, offset);
  }
  OptionLayout<Options>::visit(options, ScalarWriter{builder});
  return {builder.EndTable(start)};
}

template <typename Scalar>
void add_scalar(fb::FlatBufferBuilder& builder, Slot slot, const std::vector<std::byte>& bytes) {
  Scalar value{};
  std::memcpy(&value, bytes.data(), sizeof(Scalar));
  builder.AddElement<Scalar>(slot, value);
}

fb::Offset<void> encode_raw(fb::FlatBufferBuilder& builder, const RawOptions& raw) {
  const fb::uoffset_t start = builder.StartTable();
  for (const RawOptions::Field& field : raw.fields) {
    const auto slot = static_cast<Slot>(kFirstSlot + sizeof(Slot) * static_cast<std::size_t>(field.id));
    switch (field.bytes.size()) {
      case sizeof(std::uint64_t):
        add_scalar<std::uint64_t>(builder, slot, field.bytes);
        break;
      case sizeof(std::uint32_t):
        add_scalar<std::uint32_t>(builder, slot, field.bytes);
        break;
      case sizeof(std::uint16_t):
        add_scalar<std::uint16_t>(builder, slot, field.bytes);
        break;
      case sizeof(std::uint8_t):
        add_scalar<std::uint8_t>(builder, slot, field.bytes);
        break;
      default:
        throw Error(ErrorCode::kModel, "a raw option field has {} bytes; 1, 2, 4 or 8 can be written",
                    field.bytes.size());
    }
  }
  return {builder.EndTable(start)};
}

/// Bytes of the widest scalar that fits before the next field.
std::size_t scalar_bytes(std::size_t gap) {
  std::size_t size = kMaxScalarBytes;
  while (size > gap) {
    size /= 2;
  }
  return size;
}

std::size_t table_bytes(const fb::Table& table) {
  const std::uint8_t* vtable = table.GetVTable();
  const bool has_size = fb::ReadScalar<Slot>(vtable) >= kFirstSlot;
  return has_size ? fb::ReadScalar<Slot>(vtable + sizeof(Slot)) : 0;
}

// The format does not tell a field's width. The gap to the next field is at least that wide, and in little endian the
// field's own bytes come first, so copying the widest scalar that fits keeps the value.
RawOptions decode_raw(int union_number, const fb::Table& table) {
  const auto slots_end = fb::ReadScalar<Slot>(table.GetVTable());
  std::vector<std::size_t> ends{table_bytes(table)};
  for (Slot slot = kFirstSlot; slot < slots_end; slot = static_cast<Slot>(slot + sizeof(Slot))) {
    ends.push_back(table.GetOptionalFieldOffset(slot));
  }
  std::sort(ends.begin(), ends.end());
  RawOptions raw{.union_number = union_number, .fields = {}};
  for (Slot slot = kFirstSlot; slot < slots_end; slot = static_cast<Slot>(slot + sizeof(Slot))) {
    const std::size_t offset = table.GetOptionalFieldOffset(slot);
    if (offset == 0) {
      continue;
    }
    const auto next = std::upper_bound(ends.begin(), ends.end(), offset);
    const std::size_t size = next == ends.end() ? 0 : scalar_bytes(*next - offset);
    if (size == 0 || offset + size > table_bytes(table)) {
      throw Error(ErrorCode::kModel, "an option table of kind {} has a field outside the table", union_number);
    }
    RawOptions::Field field{.id = (slot - kFirstSlot) / static_cast<int>(sizeof(Slot)),
                            .bytes = std::vector<std::byte>(size)};
    std::memcpy(field.bytes.data(), table.GetAddressOf(slot), size);
    raw.fields.push_back(std::move(field));
  }
  return raw;
}

OperatorOptions checked_raw(const schema::Operator& op, fb::Verifier& verifier) {
  const int kind = static_cast<int>(op.builtin_options_type());
  const bool references =
      std::find(kTablesWithReferences.begin(), kTablesWithReferences.end(), kind) != kTablesWithReferences.end();
  if (references || kind > kLastUnionNumber) {
    throw Error(ErrorCode::kModel, "an operator has an option table of kind {}, which qbench does not know", kind);
  }
  const auto* table = static_cast<const fb::Table*>(op.builtin_options());
  const bool in_bounds =
      table->VerifyTableStart(verifier) && verifier.EndTable() &&
      (table_bytes(*table) == 0 ||
       verifier.VerifyFromPointer(static_cast<const std::uint8_t*>(op.builtin_options()), table_bytes(*table)));
  if (!in_bounds) {
    throw Error(ErrorCode::kModel, "an option table of kind {} lies outside the file", kind);
  }
  return decode_raw(kind, *table);
}

/// Decodes the table when it is the one of alternative `Options`.
template <typename Options>
bool decode_as(const schema::Operator& op, OperatorOptions& result) {
  if constexpr (std::is_same_v<Options, std::monostate> || std::is_same_v<Options, RawOptions>) {
    return false;
  } else {
    if (op.builtin_options_type() != kUnionType<Options>) {
      return false;
    }
    Options options;
    OptionLayout<Options>::visit(options, FieldReader{*static_cast<const fb::Table*>(op.builtin_options())});
    result = options;
    return true;
  }
}

template <std::size_t... Is>
bool decode_typed(const schema::Operator& op, OperatorOptions& result, std::index_sequence<Is...> /*alternatives*/) {
  return (decode_as<std::variant_alternative_t<Is, OperatorOptions>>(op, result) || ...);
}

}  // namespace

OperatorOptions decode_options(const schema::Operator& op, fb::Verifier& verifier) {
  if (op.builtin_options_type() == schema::BuiltinOptions::NONE || op.builtin_options() == nullptr) {
    return std::monostate{};
  }
  OperatorOptions result;
  if (decode_typed(op, result, std::make_index_sequence<std::variant_size_v<OperatorOptions>>{})) {
    return result;
  }
  return checked_raw(op, verifier);
}

EncodedOptions encode_options(fb::FlatBufferBuilder& builder, const OperatorOptions& options) {
  return std::visit(
      [&builder](const auto& typed) -> EncodedOptions {
        using Options = std::decay_t<decltype(typed)>;
        if constexpr (std::is_same_v<Options, std::monostate>) {
          return {};
        } else if constexpr (std::is_same_v<Options, RawOptions>) {
          return {static_cast<schema::BuiltinOptions>(typed.union_number), encode_raw(builder, typed)};
        } else {
          return {kUnionType<Options>, encode(builder, typed)};
        }
      },
      options);
}

}  // namespace qbench::models
