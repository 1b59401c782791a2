// SPDX-License-Identifier: Apache-2.0
#include "models/packed_files.h"

#include <zip.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>

#include "core/error.h"

namespace qbench::models {
namespace {

constexpr zip_uint64_t kMaxUnpackedBytes = 64ULL << 20;
constexpr zip_int64_t kMaxFiles = 1000;
constexpr std::uint32_t kDirectoryEntryMagic = 0x02014B50;
constexpr std::uint32_t kDirectoryEndMagic = 0x06054B50;
constexpr std::size_t kDirectoryEndBytes = 22;
constexpr std::size_t kDirectoryEntryBytes = 46;

struct DiscardArchive {
  void operator()(zip_t* archive) const noexcept { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, DiscardArchive>;

struct CloseFile {
  void operator()(zip_file_t* file) const noexcept { zip_fclose(file); }
};
using OpenFile = std::unique_ptr<zip_file_t, CloseFile>;

struct FreeSource {
  void operator()(zip_source_t* source) const noexcept { zip_source_free(source); }
};
using Source = std::unique_ptr<zip_source_t, FreeSource>;

Archive open_archive(std::span<const std::byte> data) {
  zip_error_t error;
  zip_error_init(&error);
  Source source(zip_source_buffer_create(data.data(), data.size(), 0, &error));
  Archive archive(source != nullptr ? zip_open_from_source(source.get(), ZIP_RDONLY, &error) : nullptr);
  if (archive != nullptr) {
    (void)source.release();  // the archive owns it now
  }
  zip_error_fini(&error);
  return archive;
}

/// False when the file cannot be unpacked.
bool unpack(zip_t* archive, zip_uint64_t index, zip_uint64_t& budget, PackedFile& result) {
  zip_stat_t info;
  zip_stat_init(&info);
  if (zip_stat_index(archive, index, 0, &info) != 0 || info.name == nullptr || info.size > budget) {
    return false;
  }
  budget -= info.size;
  const OpenFile file(zip_fopen_index(archive, index, 0));
  if (file == nullptr) {
    return false;
  }
  result.name = info.name;
  result.data.resize(info.size);
  return zip_fread(file.get(), result.data.data(), info.size) == static_cast<zip_int64_t>(info.size);
}

void put(Bytes& data, std::size_t offset, std::uint32_t value) {
  std::memcpy(data.data() + offset, &value, sizeof(value));
}
template <typename Value>
Value get(const Bytes& data, std::size_t offset) {
  Value value{};
  std::memcpy(&value, data.data() + offset, sizeof(value));
  return value;
}

// libzip counts offsets from the archive's start, the format from the model's: shift those of the directory.
void shift_offsets(Bytes& zip, std::uint32_t shift) {
  const std::size_t end = zip.size() - kDirectoryEndBytes;
  if (zip.size() < kDirectoryEndBytes || get<std::uint32_t>(zip, end) != kDirectoryEndMagic) {
    throw Error(ErrorCode::kIo, "the archive of the model's files has an unexpected end");
  }
  const auto start = get<std::uint32_t>(zip, end + 16);
  for (std::size_t at = start; at + kDirectoryEntryBytes <= end;) {
    if (get<std::uint32_t>(zip, at) != kDirectoryEntryMagic) {
      throw Error(ErrorCode::kIo, "the archive of the model's files has an unexpected directory");
    }
    put(zip, at + 42, get<std::uint32_t>(zip, at + 42) + shift);
    at += kDirectoryEntryBytes + get<std::uint16_t>(zip, at + 28) + get<std::uint16_t>(zip, at + 30) +
          get<std::uint16_t>(zip, at + 32);
  }
  put(zip, end + 16, start + shift);
}

void add_file(zip_t* archive, const PackedFile& file) {
  constexpr zip_uint16_t kFixedDate = (1 << 5) | 1;  // 1980-01-01, the format's first day
  zip_source_t* source = zip_source_buffer(archive, file.data.data(), file.data.size(), 0);
  const zip_int64_t index = source != nullptr ? zip_file_add(archive, file.name.c_str(), source, ZIP_FL_ENC_UTF_8) : -1;
  if (index < 0) {
    zip_source_free(source);
    throw Error(ErrorCode::kIo, "cannot pack '{}' into the model: {}", printable_name(file.name),
                zip_strerror(archive));
  }
  const auto position = static_cast<zip_uint64_t>(index);
  zip_set_file_compression(archive, position, ZIP_CM_STORE, 0);
  zip_file_set_dostime(archive, position, 0, kFixedDate, 0);
}

Bytes make_archive(const std::vector<PackedFile>& files) {
  zip_error_t error;
  zip_error_init(&error);
  const Source source(zip_source_buffer_create(nullptr, 0, 0, &error));
  zip_source_keep(source.get());  // closing the archive drops one reference; the bytes are read after that
  Archive archive(zip_open_from_source(source.get(), ZIP_TRUNCATE, &error));
  zip_error_fini(&error);
  if (archive == nullptr) {
    zip_source_free(source.get());
    throw Error(ErrorCode::kIo, "cannot make an archive for the model's files");
  }
  for (const PackedFile& file : files) {
    add_file(archive.get(), file);
  }
  if (zip_close(archive.get()) != 0) {
    throw Error(ErrorCode::kIo, "cannot pack the model's files: {}", zip_strerror(archive.get()));
  }
  (void)archive.release();
  zip_stat_t info;
  zip_stat_init(&info);
  Bytes zip;
  if (zip_source_open(source.get()) == 0 && zip_source_stat(source.get(), &info) == 0) {
    zip.resize(info.size);
    if (zip_source_read(source.get(), zip.data(), zip.size()) != static_cast<zip_int64_t>(zip.size())) {
      zip.clear();
    }
    zip_source_close(source.get());
  }
  return zip;
}

}  // namespace

std::vector<PackedFile> read_packed_files(std::span<const std::byte> model_file) {
  const Archive archive = open_archive(model_file);
  const zip_int64_t count = archive != nullptr ? zip_get_num_entries(archive.get(), 0) : 0;
  if (count > kMaxFiles) {
    return {};
  }
  std::vector<PackedFile> files;
  zip_uint64_t budget = kMaxUnpackedBytes;
  for (zip_int64_t i = 0; i < count; ++i) {
    PackedFile file;
    if (!unpack(archive.get(), static_cast<zip_uint64_t>(i), budget, file)) {
      return {};
    }
    files.push_back(std::move(file));
  }
  return files;
}

std::vector<std::string> packed_file_names(const std::filesystem::path& path) {
  int error = 0;
  const Archive archive(zip_open(path.c_str(), ZIP_RDONLY, &error));
  const zip_int64_t count = archive != nullptr ? zip_get_num_entries(archive.get(), 0) : 0;
  std::vector<std::string> names;
  for (zip_int64_t i = 0; i < count && i < kMaxFiles; ++i) {
    const char* name = zip_get_name(archive.get(), static_cast<zip_uint64_t>(i), 0);
    if (name != nullptr) names.emplace_back(name);
  }
  return names;
}

void append_packed_files(Bytes& model, const std::vector<PackedFile>& files) {
  if (files.empty()) {
    return;
  }
  Bytes zip = make_archive(files);
  if (zip.size() < kDirectoryEndBytes) {
    throw Error(ErrorCode::kIo, "the archive of the model's files cannot be read back");
  }
  shift_offsets(zip, static_cast<std::uint32_t>(model.size()));
  model.insert(model.end(), zip.begin(), zip.end());
}

}  // namespace qbench::models
