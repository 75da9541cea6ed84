"""Names that Titus 2 still imports and newer Pythons and numpy have dropped; import this before titus."""
import collections
import collections.abc
import inspect

import numpy

for name in ("Mapping", "MutableMapping", "Sequence", "MutableSequence", "Iterable", "Iterator", "Callable", "Set", "Hashable", "Sized"):
    if not hasattr(collections, name):
        setattr(collections, name, getattr(collections.abc, name))

for name, target in {
    "float": float,
    "int": int,
    "bool": bool,
    "object": object,
    "str": str,
    "complex": complex,
    "float_": numpy.float64,
    "complex_": numpy.complex128,
    "unicode_": numpy.str_,
    "string_": numpy.bytes_,
    "Inf": numpy.inf,
    "Infinity": numpy.inf,
    "NaN": numpy.nan,
    "product": numpy.prod,
    "cumproduct": numpy.cumprod,
    "alltrue": numpy.all,
    "sometrue": numpy.any,
    "in1d": numpy.isin,
    "row_stack": numpy.vstack,
    "trapz": getattr(numpy, "trapezoid", None),
    "round_": numpy.round,
}.items():
    if name not in numpy.__dict__ and target is not None:
        setattr(numpy, name, target)

if not hasattr(inspect, "getargspec"):
    ArgSpec = collections.namedtuple("ArgSpec", "args varargs keywords defaults")
    inspect.getargspec = lambda function: ArgSpec(*inspect.getfullargspec(function)[:4])
