# SPDX-License-Identifier: Apache-2.0
"""The metadata inside a .tflite file: how pixels become values, and the class names (in a zip archive at the end)."""

import io
import zipfile

from .flat_tables import Tables

LABELS_FILE = "labels.txt"
_IMAGE_PROPERTIES = 2
_RGB = 1
_NORMALIZATION = 1
_TENSOR_AXIS_LABELS = 2


def metadata_bytes(graph, description):
    """The flatbuffer of the TFLITE_METADATA entry."""
    tables = Tables()
    image = tables.table((0, "int8", _RGB))
    content = tables.table((0, "uint8", _IMAGE_PROPERTIES), (1, "ref", image))
    normalization = tables.table((0, "ref", tables.floats([graph.mean])), (1, "ref", tables.floats([graph.std])))
    unit = tables.table((0, "uint8", _NORMALIZATION), (1, "ref", normalization))
    low, high = (-graph.mean / graph.std, (255 - graph.mean) / graph.std)
    stats = tables.table((0, "ref", tables.floats([high])), (1, "ref", tables.floats([low])))
    source = tables.table((0, "ref", tables.text(graph.input)), (3, "ref", content), (4, "ref", tables.refs([unit])),
                          (5, "ref", stats))
    labels = tables.table((0, "ref", tables.text(LABELS_FILE)), (2, "int8", _TENSOR_AXIS_LABELS))
    result_stats = tables.table((0, "ref", tables.floats([1.0])), (1, "ref", tables.floats([0.0])))
    result = tables.table((0, "ref", tables.text(graph.nodes[-1].name)), (5, "ref", result_stats),
                          (6, "ref", tables.refs([labels])))
    subgraph = tables.table((2, "ref", tables.refs([source])), (3, "ref", tables.refs([result])))
    root = tables.table((0, "ref", tables.text("qbench default classifier")), (1, "ref", tables.text(description)),
                        (3, "ref", tables.refs([subgraph])), (7, "ref", tables.text("1.0.0")))
    return tables.finish(root, b"M001")


def with_labels(model, classes):
    """The model file with an archive of the class names behind it, one name a line."""
    file = io.BytesIO(model)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_STORED) as archive:
        entry = zipfile.ZipInfo(LABELS_FILE, date_time=(1980, 1, 1, 0, 0, 0))
        archive.writestr(entry, "".join(f"{name}\n" for name in classes))
    return file.getvalue()
