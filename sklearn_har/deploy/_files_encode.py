"""From a fitted estimator to JSON and arrays: one walk over what it remembers."""

from collections import OrderedDict
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import PurePath
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import Bunch

from ..exceptions import ModelFileError
from ._files_compiled import take_apart
from ._files_types import PLACES, PLAIN, dotted, is_known, is_known_function, named

FUNCTIONS = type, FunctionType, BuiltinFunctionType, np.ufunc, type(np.mean)
NUMBERS = "biuf"  # kinds of dtype that safetensors holds; of 8 bytes at most


class Encoder:
    """Turns values into JSON, and puts instances and arrays that it meets aside, each of them once.

    Attributes
    ----------
    objects : list of dict
        Class and state of every instance, in the order in which they were met.
    arrays : dict of str to ndarray
    """

    def __init__(self, trusted: Collection[str]):
        self.trusted = trusted
        self.objects: list = []
        self.arrays: dict[str, np.ndarray] = {}
        self._seen: dict[int, tuple] = {}  # by id: what is kept alive so that ids stay its own, and its code

    def encode(self, value, where: str):
        """Return the JSON of a value; ``where`` says in errors where it was found."""
        kind = type(value)
        if value is None or kind in (bool, int, str):
            return value
        if kind is float:
            return value if np.isfinite(value) else {"float": repr(value)}
        if kind is list:
            return [self.encode(one, f"{where}[{i}]") for i, one in enumerate(value)]
        if kind in (tuple, set, frozenset):
            return {kind.__name__: [self.encode(one, f"{where}[{i}]") for i, one in enumerate(value)]}
        if kind in (dict, OrderedDict):
            return {"dict" if kind is dict else "ordered_dict": self._pairs(value, where)}
        if kind is slice:
            return {"slice": self.encode([value.start, value.stop, value.step], where)}
        if isinstance(value, np.dtype):
            return {"dtype": self._dtype(value, where)}
        if isinstance(value, np.generic):
            return {"scalar": self._once(value, partial(self._array, np.asarray(value), where))}
        if isinstance(value, np.ndarray):
            return self._once(value, partial(self._array, value, where))
        if isinstance(value, PurePath):
            return {"path": str(value)}
        if kind is partial:
            return {"partial": self.encode([value.func, list(value.args), value.keywords], where)}
        if isinstance(value, FUNCTIONS):
            return self._function(value, where)
        if isinstance(value, tuple) and hasattr(kind, "_fields"):
            return {"named_tuple": [self._class(kind, where), self.encode(list(value), where)]}
        return self._once(value, partial(self._object, value, where))

    def _once(self, value, encode):
        if id(value) not in self._seen:
            self._seen[id(value)] = value, encode()
        return self._seen[id(value)][1]

    def _pairs(self, value: dict, where: str) -> list:
        return [
            [self.encode(key, f"key of {where}"), self.encode(one, f"{where}[{key!r}]")]
            for key, one in value.items()
        ]

    def _object(self, value, where: str) -> dict:
        """Reserve a place before the state is walked: it may lead back here."""
        record: dict = {}
        code = {"object": len(self.objects)}
        self.objects.append(record)
        self._seen[id(value)] = value, code
        compiled = take_apart(value)
        if compiled is not None:
            kind, state = compiled
            record.update(compiled=kind, state=self.encode(state, where))
            return code
        record["class"] = self._class(type(value), where)
        if isinstance(value, dict):
            record["items"] = self._pairs(value, where)
        elif isinstance(value, (list, tuple, set, str, bytes)):
            raise refused(
                f"a {dotted(type(value))}, which is more than a {type(value).__mro__[-2].__name__}", where
            )
        state = state_of(value)
        if dotted(type(value)) not in self.trusted:
            state |= {name: None for name in PLACES if name in state}
        record["state"] = {name: self._attribute(one, f"{where}.{name}") for name, one in state.items()}
        return code

    def _attribute(self, value, where: str):
        if dotted(type(value)) == "sklearn_har.classifiers._net.WeightedNet":
            from ..classifiers._saved_net import weights_of

            return {"net": self._pairs(weights_of(value), where)}
        return self.encode(value, where)

    def _class(self, cls: type, where: str) -> list[str]:
        if not is_known(cls, self.trusted):
            is_rebuilt = cls.__reduce__ is object.__reduce__  # from its attributes alone
            raise refused(f"an instance of {dotted(cls)}", where, dotted(cls) if is_rebuilt else None)
        return named(cls)

    def _function(self, value: Any, where: str) -> dict:
        if value in PLAIN.values():
            return {"plain": value.__name__}
        if isinstance(value, type) and issubclass(value, np.generic):
            return {"type": np.dtype(value).str}
        if "<" in getattr(value, "__qualname__", "") or getattr(value, "__module__", "") == "__main__":
            raise refused(f"the function {value.__qualname__}, which no module holds by its name", where)
        if not is_known_function(value, self.trusted):
            raise refused(f"the function or class {dotted(value)}", where, dotted(value))
        return {"function": named(value)}

    def _array(self, value: np.ndarray, where: str) -> dict:
        if isinstance(value, np.ma.MaskedArray):
            parts = np.asarray(value.data), np.ma.getmaskarray(value)
            return {"masked": [self.encode(part, where) for part in parts]}
        if type(value) not in (np.ndarray, np.memmap):
            raise refused(f"an array of the kind {dotted(type(value))}", where, None)
        dtype = value.dtype
        if dtype.kind in NUMBERS and dtype.itemsize <= 8:
            order = "F" if value.flags.f_contiguous and not value.flags.c_contiguous else "C"
            native = value.astype(dtype.newbyteorder("="), copy=False)
            return {"array": [self._stored(native.T if order == "F" else native), order]}
        shape = list(value.shape)
        if dtype.kind == "U":
            return {"text": [dtype.itemsize // 4, shape, value.ravel().tolist()]}
        if dtype.kind == "O":
            return {"objects": [shape, [self.encode(one, f"{where}[…]") for one in value.ravel()]]}
        if dtype.kind in "mM":
            return {"times": [dtype.newbyteorder("<").str, self._array(value.view(np.int64), where)]}
        if dtype.names:
            columns = {name: self._array(np.ascontiguousarray(value[name]), where) for name in dtype.names}
            return {"records": [self._dtype(dtype, where), shape, columns]}
        raise refused(f"an array of {dtype}", where)

    def _stored(self, values: np.ndarray) -> str:
        name = f"a{len(self.arrays)}"
        self.arrays[name] = np.array(values, order="C", copy=True)
        return name

    def _dtype(self, dtype: np.dtype, where: str):
        """Text of a dtype; of records the names, dtypes and offsets of the fields, and the size."""
        if dtype.names is None:
            if dtype.kind not in NUMBERS + "UOmM":
                raise refused(f"the dtype {dtype}", where)
            return dtype.newbyteorder("<").str
        offsets: Mapping = dtype.fields or {}
        fields = [[name, self._dtype(dtype[name], where), offsets[name][1]] for name in dtype.names]
        return [fields, dtype.itemsize]


def state_of(value) -> dict:
    """Attributes of an instance; what its class leaves out when it is pickled is left out here too."""
    cls = type(value)
    if cls.__getstate__ in (object.__getstate__, BaseEstimator.__getstate__, Bunch.__getstate__):
        return dict(getattr(value, "__dict__", {}))
    return dict(value.__getstate__())


def refused(what: str, where: str, name: str | None = None) -> ModelFileError:
    """Error of a value that no file can hold, with the place of the value and what to do."""
    advice = "Set it to a plain value"
    if name is not None:
        advice += f", or, if whoever loads the file has it too, pass trusted=[{name!r}] here and there"
    return ModelFileError(f"The model cannot be saved: {where} is or holds {what}. {advice}.")
