# SPDX-License-Identifier: Apache-2.0
"""Runs a .tflite classifier through the C library that qbench measures (float32 input and output)."""

import ctypes
import os

import numpy as np

from .problem import Problem

LIBRARY_VARIABLE = "QBENCH_TFLITE_LIB"
_POINTERS = ("TfLiteModelCreate", "TfLiteInterpreterOptionsCreate", "TfLiteInterpreterCreate",
             "TfLiteInterpreterGetInputTensor", "TfLiteInterpreterGetOutputTensor", "TfLiteXNNPackDelegateCreate")
_OK = 0


class _DelegateOptions(ctypes.Structure):
    # The public start of the structure; the rest stays zero.
    _fields_ = [("num_threads", ctypes.c_int32), ("flags", ctypes.c_uint32), ("rest", ctypes.c_uint8 * 56)]


def find_library():
    """The path of the library, or None: what the variable names, else what the set-up script fetched."""
    root = os.path.join(os.path.dirname(__file__), "..", "..")
    fetched = os.path.join(root, ".deps", "tflite-2.9.0", "lib", "libtensorflowlite_c.so")
    for path in (os.environ.get(LIBRARY_VARIABLE), fetched):
        if path and os.path.isfile(path):
            return os.path.abspath(path)
    return None


def open_library(path):
    """The library with its functions' types set."""
    try:
        library = ctypes.CDLL(path)
    except OSError as error:
        raise Problem(f"cannot open the TensorFlow Lite library {path}: {error}") from error
    for name in _POINTERS:
        getattr(library, name).restype = ctypes.c_void_p
    return library


class Interpreter:
    """One model with one batch size; kernels "builtin" or "xnnpack". Its handles live until the process ends."""

    def __init__(self, library, model, batch, kernels="builtin", threads=1):
        self._lib = library
        self._bytes = model  # the library reads it in place
        handle = library.TfLiteModelCreate(ctypes.c_char_p(model), ctypes.c_size_t(len(model)))
        if not handle:
            raise Problem("the TensorFlow Lite library refuses the model file")
        options = ctypes.c_void_p(library.TfLiteInterpreterOptionsCreate())
        library.TfLiteInterpreterOptionsSetNumThreads(options, ctypes.c_int32(threads))
        if kernels == "xnnpack":
            delegate = library.TfLiteXNNPackDelegateCreate(ctypes.byref(_DelegateOptions(num_threads=threads)))
            library.TfLiteInterpreterOptionsAddDelegate(options, ctypes.c_void_p(delegate))
        self._interpreter = ctypes.c_void_p(
            library.TfLiteInterpreterCreate(ctypes.c_void_p(handle), options))
        if not self._interpreter:
            raise Problem(f"the TensorFlow Lite library cannot make an interpreter ({kernels})")
        self._batch = batch
        self._resize(batch)

    def _check(self, status, what):
        if status != _OK:
            raise Problem(f"the TensorFlow Lite library failed to {what}")

    def _resize(self, batch):
        shape = [batch] + self._shape(self._tensor("Input"))[1:]
        dims = (ctypes.c_int * len(shape))(*shape)
        self._check(self._lib.TfLiteInterpreterResizeInputTensor(self._interpreter, 0, dims, len(shape)),
                    f"resize the input to batch {batch}")
        self._check(self._lib.TfLiteInterpreterAllocateTensors(self._interpreter), "allocate the tensors")

    def _tensor(self, side):
        return ctypes.c_void_p(getattr(self._lib, f"TfLiteInterpreterGet{side}Tensor")(self._interpreter, 0))

    def _shape(self, tensor):
        return [self._lib.TfLiteTensorDim(tensor, i) for i in range(self._lib.TfLiteTensorNumDims(tensor))]

    def run(self, values):
        """Outputs [batch, classes] for values [batch, height, width, channels]."""
        values = np.ascontiguousarray(values, dtype=np.float32)
        self._check(self._lib.TfLiteTensorCopyFromBuffer(self._tensor("Input"), values.ctypes.data_as(ctypes.c_void_p),
                                                         ctypes.c_size_t(values.nbytes)), "take the input")
        self._check(self._lib.TfLiteInterpreterInvoke(self._interpreter), "invoke")
        output = self._tensor("Output")
        result = np.empty(self._shape(output), dtype=np.float32)
        self._check(self._lib.TfLiteTensorCopyToBuffer(output, result.ctypes.data_as(ctypes.c_void_p),
                                                       ctypes.c_size_t(result.nbytes)), "give the output")
        return result

    def run_all(self, values):
        """Outputs for any number of images; the last batch is filled up with zeros."""
        results = []
        for start in range(0, len(values), self._batch):
            part = values[start:start + self._batch]
            filled = np.zeros((self._batch,) + part.shape[1:], dtype=np.float32)
            filled[:len(part)] = part
            results.append(self.run(filled)[:len(part)])
        return np.concatenate(results)
