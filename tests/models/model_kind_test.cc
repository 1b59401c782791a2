// SPDX-License-Identifier: Apache-2.0
#include "models/model_kind.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/error.h"
#include "core/files.h"
#include "models/packed_files.h"
#include "models/tflite_writer.h"
#include "tests/models/wire_format.h"
#include "tests/support/graph_builder.h"
#include "tests/support/paths.h"

namespace qbench::models {
namespace {

using namespace std::string_view_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::wire_number;
using testing::wire_text;

class ModelKindTest : public ::testing::Test {
 protected:
  std::filesystem::path file(const std::string& name, std::string_view content) {
    const auto path = folder_.path() / name;
    std::filesystem::create_directories(path.parent_path());
    write_file_atomic(path, content);
    return path;
  }

  ModelKind kind(const std::string& name, std::string_view content) { return sniff_model(file(name, content)).kind; }

  std::filesystem::path zip(const std::string& name, const std::vector<std::string>& files) {
    std::vector<PackedFile> packed;
    for (const std::string& inner : files) packed.push_back({inner, Bytes(1)});
    Bytes archive;
    append_packed_files(archive, packed);
    write_file_atomic(folder_.path() / name, archive);
    return folder_.path() / name;
  }

  static std::string refusal(const std::filesystem::path& path) { return refusal_of(sniff_model(path), path); }

  testing::TemporaryFolder folder_;
};

std::string tflite_text() {
  const Bytes model = write_tflite(testing::tiny_float_graph());
  return {reinterpret_cast<const char*>(model.data()), model.size()};
}

const std::string kOnnxBytes =
    wire_number(1, 8) + wire_text(2, "pytorch") + wire_text(7, wire_text(1, "node")) + wire_text(8, wire_number(2, 13));
const std::string kGraphDefBytes = wire_text(1, wire_text(1, "input") + wire_text(2, "Placeholder")) +
                                   wire_text(1, wire_text(1, "conv") + wire_text(2, "Conv2D")) + wire_text(4, "");
const std::string kSavedModelBytes = wire_number(1, 1) + wire_text(2, wire_text(1, wire_text(4, "2.9.0")));
constexpr std::string_view kLfsText =
    "version https://git-lfs.github.com/spec/v1\noid sha256:bd8d56b80557a5fca7acf14f61e5339285\nsize 4020936\n";

TEST_F(ModelKindTest, ContentDecidesWhateverTheName) {
  EXPECT_EQ(kind("misnamed.onnx", tflite_text()), ModelKind::kTflite);
  EXPECT_EQ(kind("weights.bin", "\x89HDF\r\n\x1a\nrest"), ModelKind::kKerasH5);
  EXPECT_EQ(kind("a.tflite", kOnnxBytes), ModelKind::kOnnx);
  EXPECT_EQ(kind("b.tflite", kGraphDefBytes), ModelKind::kFrozenGraph);
  EXPECT_EQ(kind("c.tflite", kSavedModelBytes), ModelKind::kSavedModel);
  EXPECT_EQ(kind("d.pb", kOnnxBytes), ModelKind::kOnnx);
}

TEST_F(ModelKindTest, ANameAloneMakesNoKind) {
  for (const char* name : {"a.ONNX", "a.pb", "a.keras", "a.h5", "a.pt"}) {
    EXPECT_EQ(kind(name, "x"), ModelKind::kUnknown) << name;
    EXPECT_THAT(refusal(folder_.path() / name), HasSubstr("damaged or cut short")) << name;
  }
  EXPECT_EQ(kind("a.tflite", "not really"), ModelKind::kUnknown);
  EXPECT_THAT(refusal(folder_.path() / "a.tflite"), HasSubstr("in spite of its name"));
}

TEST_F(ModelKindTest, AModelThatWasCutShortIsStillOfItsKind) {
  const std::string whole = wire_number(1, 8) + wire_text(7, std::string(10'000, 'x'));
  EXPECT_EQ(kind("cut.onnx", whole.substr(0, 5'000)), ModelKind::kOnnx);
}

TEST_F(ModelKindTest, RandomBytesAreNoProtobuf) {
  EXPECT_EQ(kind("a", wire_number(1, 8) + "\xff\xff\xff\xff"), ModelKind::kUnknown);
  EXPECT_EQ(kind("b", "\x08"), ModelKind::kUnknown);
  EXPECT_EQ(kind("c", "\x0a\x80"), ModelKind::kUnknown);
  EXPECT_EQ(kind("d", "\x0a\x04\x0a\xf0\x12\x12"), ModelKind::kUnknown);
}

TEST_F(ModelKindTest, APointerOfGitLfsIsToldTheCommand) {
  EXPECT_EQ(kind("model.tflite", kLfsText), ModelKind::kLfsPointer);
  EXPECT_EQ(refusal(folder_.path() / "model.tflite"),
            "a git-lfs pointer, not the model: run `git lfs pull` (or download the file itself)");
}

TEST_F(ModelKindTest, PagesSavedInPlaceOfAFile) {
  EXPECT_EQ(kind("a.tflite", "\n <!DOCTYPE html>\n<html lang=\"en\">"), ModelKind::kWebPage);
  EXPECT_EQ(kind("b.tflite", "<HTML><body>"), ModelKind::kWebPage);
  EXPECT_EQ(kind("c.tflite", "<?xml version='1.0'?><Error><Code>AccessDenied</Code>"), ModelKind::kWebPage);
  EXPECT_THAT(refusal(folder_.path() / "a.tflite"), HasSubstr("'raw' link"));
}

TEST_F(ModelKindTest, ImagesAreNamed) {
  EXPECT_EQ(sniff_model(file("a.tflite", "\xff\xd8\xff\xe0....")).detail, "JPEG");
  EXPECT_EQ(sniff_model(file("b.tflite", "\x89PNG\r\n\x1a\n....")).detail, "PNG");
  EXPECT_EQ(sniff_model(file("c.tflite", "RIFF....WEBPVP8 ")).detail, "WebP");
  EXPECT_EQ(sniff_model(file("d.tflite", "BM\x0a\0\0\0...."sv)).detail, "BMP");
  EXPECT_EQ(kind("e.tflite", "BM is no mark"), ModelKind::kUnknown);
}

TEST_F(ModelKindTest, ArchivesAreNamedByWhatTheyHold) {
  EXPECT_EQ(sniff_model(zip("net.keras", {"metadata.json", "config.json", "model.weights.h5"})).kind,
            ModelKind::kKerasArchive);
  EXPECT_EQ(sniff_model(zip("net.pt", {"net/data.pkl", "net/version"})).kind, ModelKind::kTorch);
  EXPECT_THAT(refusal(zip("face.task", {"face_detector.tflite", "labels.txt"})),
              HasSubstr("holds 'face_detector.tflite'; take it out with `unzip "));
  EXPECT_EQ(sniff_model(zip("photos.zip", {"a.png"})).kind, ModelKind::kArchive);
  EXPECT_EQ(kind("net.pth", "\x80\x02\x8a\x0a"), ModelKind::kTorch);
  EXPECT_THAT(refusal(file("a.tar.gz", "\x1f\x8b\x08\x00"sv)), HasSubstr("`tar -xf "));
  EXPECT_EQ(sniff_model(file("broken.zip", "PK\3\4 and nothing more")).kind, ModelKind::kArchive);
}

TEST_F(ModelKindTest, SourcesAndTexts) {
  const auto array =
      file("model.cc", "/* Copyright */\n#include \"m.h\"\nalignas(16) const unsigned char m[] = {0x1c,");
  EXPECT_EQ(sniff_model(array).kind, ModelKind::kCArray);
  EXPECT_THAT(refusal(array), HasSubstr("xxd -r -p"));
  EXPECT_EQ(kind("a.pbtxt", "node {\n  name: \"x\"\n}"), ModelKind::kGraphText);
  EXPECT_EQ(kind("model.json", "{\"format\": \"layers-model\", \"modelTopology\": {}}"), ModelKind::kTensorflowJs);
  EXPECT_EQ(kind("labels.txt", "cat\ndog\n"), ModelKind::kUnknown);
}

TEST_F(ModelKindTest, ASavedModelIsAFolderOrItsFile) {
  const auto inner = file("saved/saved_model.pb", kSavedModelBytes);
  EXPECT_EQ(sniff_model(inner).kind, ModelKind::kSavedModel);
  EXPECT_EQ(sniff_model(inner.parent_path()).kind, ModelKind::kSavedModel);
  EXPECT_THAT(refusal(inner), HasSubstr("--saved_model_dir=" + inner.parent_path().string()));
}

TEST_F(ModelKindTest, AFolderNamesTheOneModelInIt) {
  const auto model = file("net/model.tflite", tflite_text());
  EXPECT_EQ(sniff_model(model.parent_path()).kind, ModelKind::kFolder);
  EXPECT_THAT(refusal(model.parent_path()), HasSubstr("give the file in it: " + model.string()));
  file("net/other.tflite", tflite_text());
  EXPECT_THAT(refusal(model.parent_path()), Not(HasSubstr("model.tflite:")));
}

TEST_F(ModelKindTest, AnEmptyFileAndSpecialOnes) {
  EXPECT_EQ(kind("empty.tflite", ""), ModelKind::kEmpty);
  const auto pipe = folder_.path() / "pipe.tflite";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(sniff_model(pipe).detail, "pipe");  // and returns at once, though nobody writes
  EXPECT_EQ(sniff_model("/dev/null").detail, "device");
}

TEST_F(ModelKindTest, ACommandIsQuotedForTheShell) {
  EXPECT_THAT(refusal(file("my $net.h5", "\x89HDF\r\n\x1a\n")), HasSubstr("--keras_model_file='"));
}

TEST_F(ModelKindTest, TheRefusalIsOneLineThatNamesTheFile) {
  const auto keras = file("net.h5", "\x89HDF\r\n\x1a\n");
  try {
    require_tflite(keras);
    FAIL() << "took a Keras file";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kModel);
    EXPECT_THAT(error.what(),
                HasSubstr("net.h5: a Keras model; convert it with TensorFlow's `tflite_convert --keras_model_file="));
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
  }
}

TEST_F(ModelKindTest, EveryOtherKindHasARefusal) {
  for (int kind = 1; kind <= static_cast<int>(ModelKind::kUnknown); ++kind) {
    EXPECT_FALSE(refusal_of({static_cast<ModelKind>(kind), ""}, "model").empty()) << kind;
  }
  EXPECT_TRUE(refusal_of({ModelKind::kTflite, ""}, "model").empty());
}

TEST_F(ModelKindTest, AMissingFileIsAnIoError) {
  try {
    (void)sniff_model(folder_.path() / "none.tflite");
    FAIL() << "sniffed a missing file";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kIo);
  }
}

}  // namespace
}  // namespace qbench::models
