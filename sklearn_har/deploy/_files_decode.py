"""From JSON and arrays back to a fitted estimator: nothing is believed, and no constructor is called."""

import inspect
import math
import warnings
from collections import OrderedDict
from collections.abc import Collection
from functools import partial
from pathlib import Path

import numpy as np
import sklearn
from sklearn.base import BaseEstimator
from sklearn.utils import Bunch

from ..exceptions import ModelFileError
from ._files_checks import check_content
from ._files_compiled import put_together
from ._files_types import PLACES, PLAIN, dotted, find, is_known, is_known_function, untrusted

MOST_ELEMENTS = 2**40  # of a shape, its zeros counted as ones
MOST_BYTES = 2**28  # of arrays of text and of records, which a few bytes of JSON can ask for
LARGEST_KEY = 2**60  # whole numbers beyond have the hashes of others, and a dict of such takes for ever
PLAIN_KINDS = bool, int, float, str, tuple, list, dict, set, frozenset, property, type(None)


class Decoder:
    """Turns JSON back into values.

    Parameters
    ----------
    objects : list of dict
        As `Encoder` made it.
    arrays : dict of str to ndarray
    trusted : collection of str
        Full names of classes and functions to know beside those that are always known.
    """

    def __init__(self, objects, arrays: dict[str, np.ndarray], trusted: Collection[str]):
        if not isinstance(objects, list):
            raise ModelFileError("It has no list of objects.")
        self.objects = objects
        self.arrays = arrays
        self.trusted = trusted
        self._n_bytes = 0
        self._made: dict[int, object] = {}
        self._arrays_made: dict[tuple, np.ndarray] = {}
        self._classes = [self._class_of(record) for record in objects]  # all, before anything is made

    def decode(self, code):
        """Return the value of JSON."""
        if code is None or type(code) in (bool, int, float, str):
            return code
        if type(code) is list:
            return [self.decode(one) for one in code]
        (tag, body), *more = code.items() if code else [(None, None)]
        read = DECODERS.get(tag)
        if read is None or more:
            raise ModelFileError(f"It holds {sorted(code)[:3]}, which this release does not know.")
        return read(self, body)

    def _class_of(self, record) -> type | None:
        if not isinstance(record, dict) or ("class" in record) == ("compiled" in record):
            raise ModelFileError("It holds an object without a class.")
        if "compiled" in record:
            return None
        return self._known_class(record["class"])

    def _known_class(self, name) -> type:
        cls = find(name, self.trusted)
        if not (isinstance(cls, type) and is_known(cls, self.trusted)):
            raise untrusted(".".join(name))
        return cls

    def _object(self, place):
        if type(place) is not int or not 0 <= place < len(self.objects):
            raise ModelFileError(f"It refers to object {place!r} of {len(self.objects)}.")
        if place not in self._made:
            record, cls = self.objects[place], self._classes[place]
            if cls is None:
                self._made[place] = put_together(record["compiled"], self.decode(record["state"]))
            else:
                self._made[place] = made = cls.__new__(cls)
                self._fill(made, record)
                check_content(made)
        return self._made[place]

    def _fill(self, made, record: dict) -> None:
        if "items" in record:
            dict.update(made, self._dict(record["items"]))
        codes = record["state"]
        if dotted(type(made)) not in self.trusted and any(codes.get(name) is not None for name in PLACES):
            raise ModelFileError(f"It holds a {type(made).__name__} that names a place on the disk.")
        if dotted(type(made)) not in self.trusted:
            _check_names(type(made), codes)
        state = {name: self.decode(code) for name, code in codes.items() if not _is_net(code)}
        restore(made, state)
        for name, code in codes.items():
            if _is_net(code):  # it is built from all the rest
                from ..classifiers._saved_net import net_of

                vars(made)[name] = net_of(made, self._dict(code["net"]))

    def _dict(self, pairs) -> dict:
        return {_key(self.decode(key)): self.decode(one) for key, one in pairs}

    def _count(self, n_bytes: int) -> None:
        """Add to the memory that is made of less than that in the file."""
        self._n_bytes += n_bytes
        if self._n_bytes > MOST_BYTES:
            raise ModelFileError(f"It holds text and records that take more than {MOST_BYTES:,} bytes.")

    def _array(self, body) -> np.ndarray:
        name, order = body
        if (name, order) not in self._arrays_made:  # an array that two share is shared again
            values = self.arrays[name]
            self._arrays_made[name, order] = np.array(values.T if order == "F" else values, copy=True)
        return self._arrays_made[name, order]

    def _objects_array(self, body) -> np.ndarray:
        shape, codes = body
        values = np.empty(len(codes), object)
        for i, code in enumerate(codes):
            values[i] = self.decode(code)
        return values.reshape(_shape(shape))

    def _text(self, body) -> np.ndarray:
        width, shape, texts = body
        if not all(type(one) is str and len(one) <= width for one in texts):
            raise ModelFileError("It holds an array of text that is not text of that width.")
        self._count(4 * width * len(texts))
        return np.array(texts, f"<U{width}").reshape(_shape(shape))

    def _records(self, body) -> np.ndarray:
        described, shape, columns = body
        shape, dtype = _shape(shape), _dtype(described)
        values = {name: self.decode(column) for name, column in columns.items()}
        if set(values) != set(dtype.names or ()) or any(one.shape != shape for one in values.values()):
            raise ModelFileError("It holds records whose fields do not fit together.")
        self._count(math.prod(shape) * dtype.itemsize)
        records = np.zeros(shape, dtype)
        for name, one in values.items():
            if one.dtype != dtype[name]:
                raise ModelFileError(f"It holds records whose field {name!r} is of {one.dtype}.")
            records[name] = one
        return records

    def _function(self, name):
        found = find(name, self.trusted)
        if not is_known_function(found, self.trusted):
            raise untrusted(".".join(name))
        return found

    def _partial(self, body) -> partial:
        code, arguments, named = body
        return partial(self._function(code["function"]), *self.decode(arguments), **self.decode(named))

    def _named_tuple(self, body):
        name, codes = body
        cls = self._known_class(name)
        if not issubclass(cls, tuple) or len(codes) != len(getattr(cls, "_fields", ())):
            raise ModelFileError(f"It holds a {dotted(cls)} of {len(codes)} parts, which that cannot have.")
        return tuple.__new__(cls, [self.decode(one) for one in codes])


def restore(made, state: dict) -> None:
    """Give an instance its attributes, as its class does when it is unpickled if that is more than that."""
    restores = getattr(type(made), "__setstate__", None)
    if restores in (None, BaseEstimator.__setstate__, Bunch.__setstate__):
        made.__dict__.update(state)
        return
    if "_sklearn_version" in state:  # versions are compared once, where the test windows are
        state["_sklearn_version"] = sklearn.__version__
    restores(made, state)


def _check_names(cls: type, names) -> None:
    """Refuse attributes that would take the place of a method, such as one that checks its input."""
    for name in names:
        if not isinstance(inspect.getattr_static(cls, name, None), PLAIN_KINDS):
            raise ModelFileError(f"It holds a {cls.__name__} whose {name} is not its own.")


def _key(value):
    """Key of a dict or member of a set."""
    if isinstance(value, (tuple, frozenset)):
        for one in value:
            _key(one)
    if isinstance(value, int) and abs(value) > LARGEST_KEY:
        raise ModelFileError(f"It holds {str(value)[:40]} as a key.")
    return value


def _is_net(code) -> bool:
    return isinstance(code, dict) and set(code) == {"net"}


def _shape(shape) -> tuple[int, ...]:
    if not all(type(n) is int and n >= 0 for n in shape) or len(shape) > 32:
        raise ModelFileError(f"It holds an array of the shape {str(shape)[:60]}.")
    if math.prod(max(n, 1) for n in shape) > MOST_ELEMENTS:
        raise ModelFileError(f"It holds an array of the shape {str(shape)[:60]}.")
    return tuple(shape)


def _dtype(described) -> np.dtype:
    if isinstance(described, str):
        if described[:1] not in "<|" or described[1:2] not in "biufUOmM":
            raise ModelFileError(f"It holds the dtype {described[:30]!r}.")
        return np.dtype(described).newbyteorder("=")
    fields, size = described
    names, kinds, offsets = zip(*fields, strict=True)
    dtype = np.dtype(
        {"names": names, "formats": [_dtype(kind) for kind in kinds], "offsets": offsets, "itemsize": size}
    )
    if dtype.hasobject or size > 8 * len(names) + 64:
        raise ModelFileError("It holds records of another kind than numbers.")
    return dtype


def _float(text) -> float:
    if text not in ("nan", "inf", "-inf"):
        raise ModelFileError(f"It holds {text!r} for a number.")
    return float(text)


def _times(decoder: Decoder, body) -> np.ndarray:
    described, code = body
    dtype = _dtype(described)
    if dtype.kind not in "mM":
        raise ModelFileError(f"It holds {described!r} for times.")
    return decoder.decode(code).view(dtype)


def _masked(decoder: Decoder, body) -> np.ndarray:
    data, mask = (decoder.decode(code) for code in body)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.ma.MaskedArray(data, mask)


DECODERS = {
    "object": Decoder._object,
    "array": Decoder._array,
    "objects": Decoder._objects_array,
    "text": Decoder._text,
    "records": Decoder._records,
    "function": Decoder._function,
    "partial": Decoder._partial,
    "named_tuple": Decoder._named_tuple,
    "dict": Decoder._dict,
    "ordered_dict": lambda decoder, body: OrderedDict(decoder._dict(body)),
    "times": _times,
    "masked": _masked,
    "tuple": lambda decoder, body: tuple(decoder.decode(body)),
    "set": lambda decoder, body: set(map(_key, decoder.decode(body))),
    "frozenset": lambda decoder, body: frozenset(map(_key, decoder.decode(body))),
    "slice": lambda decoder, body: slice(*decoder.decode(body)),
    "scalar": lambda decoder, body: decoder.decode(body)[()],
    "float": lambda decoder, body: _float(body),
    "dtype": lambda decoder, body: _dtype(body),
    "type": lambda decoder, body: _dtype(body).type,
    "plain": lambda decoder, body: PLAIN[body],
    "path": lambda decoder, body: Path(body),
}
