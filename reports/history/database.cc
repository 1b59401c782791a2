// SPDX-License-Identifier: Apache-2.0
#include "reports/history/database.h"

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "core/error.h"
#include "reports/history/schema.h"
#include "reports/text.h"

namespace qbench::reports::history {
namespace {

constexpr std::chrono::milliseconds kBusyTimeout{10000};

/// As an URI, for the parameters that only an URI has.
std::string uri_of(const std::filesystem::path& path, const char* parameters) {
  std::string uri = "file:";
  for (const char c : std::filesystem::absolute(path).string()) {
    uri += c == '%' || c == '?' || c == '#' ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
  }
  return uri + parameters;
}

bool has_log(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto size = std::filesystem::file_size(path.string() + "-wal", ignored);
  return !ignored && size > 0;
}

std::unique_ptr<SQLite::Database> open_with(const std::string& name, int flags) {
  return std::make_unique<SQLite::Database>(name, flags | SQLite::OPEN_FULLMUTEX,
                                            static_cast<int>(kBusyTimeout.count()));
}

int number_of(SQLite::Database& database, const char* query) { return database.execAndGet(query).getInt(); }

/// Changing to the log needs the file for itself, and SQLite does not wait for that by its own.
void use_write_ahead_log(SQLite::Database& database) {
  const auto give_up = std::chrono::steady_clock::now() + kBusyTimeout;
  for (;;) {
    try {
      database.exec("PRAGMA journal_mode = WAL");
      return;
    } catch (const SQLite::Exception& error) {
      if (error.getErrorCode() != SQLITE_BUSY || std::chrono::steady_clock::now() > give_up) throw;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

/// Throws unless the file is empty, or a history file of a version that is known here. Returns its version, 0 when
/// empty.
int check_version(SQLite::Database& database, const std::filesystem::path& path) {
  const int version = number_of(database, "PRAGMA user_version");
  const int application = number_of(database, "PRAGMA application_id");
  const bool empty = number_of(database, "SELECT count(*) FROM sqlite_schema") == 0 && version == 0;
  if (application != kApplicationId && !empty) {
    throw Error(ErrorCode::kConfig, "'{}' is a database of another program; name another file with --db",
                path.string());
  }
  if (version > kSchemaVersion) {
    throw Error(ErrorCode::kConfig,
                "'{}' was made by a newer qbench (schema {}, this one knows {}); use that qbench, nothing was changed",
                path.string(), version, kSchemaVersion);
  }
  return version;
}

/// Beside the file lies its log: the folder must be writable as well.
bool is_writable(const std::filesystem::path& path) {
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  return ::access(path.c_str(), W_OK) == 0 && ::access(folder.c_str(), W_OK) == 0;
}

void require_writable(const std::filesystem::path& path) {
  if (::access(path.c_str(), F_OK) != 0 || is_writable(path)) return;
  throw Error(ErrorCode::kIo,
              "'{}' or its folder is read-only; nothing was written: change the permissions or name another file",
              path.string());
}

std::unique_ptr<SQLite::Database> open_for_writing(const std::filesystem::path& path) {
  require_writable(path);
  auto database = open_with(path.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE);
  const int version = check_version(*database, path);
  if (version == 0) database->exec("PRAGMA page_size = 8192");  // rows with samples fill such pages better
  use_write_ahead_log(*database);
  database->exec("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
  if (version < kSchemaVersion) migrate(*database);
  return database;
}

/// Where it may write, the last one to close the file tidies its log away; it changes nothing else.
std::unique_ptr<SQLite::Database> open_for_queries(const std::filesystem::path& path) {
  if (!is_writable(path)) return open_with(path.string(), SQLite::OPEN_READONLY);
  auto database = open_with(path.string(), SQLite::OPEN_READWRITE);
  database->exec("PRAGMA query_only = ON");
  return database;
}

/// In a folder that cannot be written SQLite refuses a file with a write-ahead log, unless told that nobody changes it.
std::unique_ptr<SQLite::Database> open_readable(const std::filesystem::path& path) {
  auto database = open_for_queries(path);
  try {
    (void)number_of(*database, "SELECT count(*) FROM sqlite_schema");
    return database;
  } catch (const SQLite::Exception& error) {
    const int code = error.getErrorCode() & 0xFF;
    if ((code != SQLITE_CANTOPEN && code != SQLITE_READONLY) || has_log(path)) throw;
  }
  return open_with(uri_of(path, "?immutable=1"), SQLite::OPEN_READONLY | SQLite::OPEN_URI);
}

std::unique_ptr<SQLite::Database> open_for_reading(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    throw Error(ErrorCode::kIo, "there is no history '{}'; 'qbench history add RESULT --db {}' begins one",
                path.string(), path.string());
  }
  auto database = open_readable(path);
  const int version = check_version(*database, path);
  if (version == kSchemaVersion) return database;
  database.reset();
  return open_for_writing(path);
}

std::string advice_for(int code) {
  switch (code) {
    case SQLITE_NOTADB:
      return "is not a qbench history (no SQLite database); name another file with --db";
    case SQLITE_CORRUPT:
      return "is damaged; restore a copy, or save what can be read with: sqlite3 FILE .recover";
    case SQLITE_FULL:
      return "cannot grow, the disk is full; nothing was added: free some space and add again";
    case SQLITE_READONLY:
      return "is read-only; nothing was written: change its permissions or name another file";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "is in use by another process; nothing was written: try again";
    case SQLITE_CANTOPEN:
      return "cannot be opened; are the folder there and its permissions right?";
    case SQLITE_IOERR:
      return "cannot be read or written; nothing was added: is the disk full or failing?";
    default:
      return "cannot be used";
  }
}

}  // namespace

void throw_database_error(const std::filesystem::path& path, const SQLite::Exception& error) {
  const int code = error.getErrorCode() & 0xFF;
  const bool content = code == SQLITE_NOTADB || code == SQLITE_CORRUPT;
  throw Error(content ? ErrorCode::kConfig : ErrorCode::kIo, "'{}' {} ({})", path.string(), advice_for(code),
              printable(error.what()));
}

std::unique_ptr<SQLite::Database> open_database(const std::filesystem::path& path, OpenMode mode) {
  return guarded(path, [&] { return mode == OpenMode::kWrite ? open_for_writing(path) : open_for_reading(path); });
}

}  // namespace qbench::reports::history
