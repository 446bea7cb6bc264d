"""Sixteen bytes at a time for compiled code: looking for what ends a plain stretch of a string, and copying.

LLVM makes one instruction or two of each on every processor that numba knows; a loop over bytes that may end early it
does not widen by itself.
"""

from collections.abc import Callable
from typing import Any, Final, TypeAlias, cast

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

Bytes: TypeAlias = NDArray[np.uint8]

WIDTH: Final = 16
_BYTE, _MASK, _PLACE = ir.IntType(8), ir.IntType(WIDTH), ir.IntType(64)
_VECTOR: Final = ir.VectorType(_BYTE, WIDTH)
_Code = tuple[Any, Callable[..., ir.Value]]


def _address(context: Any, builder: ir.IRBuilder, kind: Any, array: ir.Value, place: ir.Value) -> ir.Value:
    """Where the sixteen bytes begin, as the address of a vector."""
    data = context.make_array(kind)(context, builder, array).data
    return builder.bitcast(builder.gep(data, [place]), _VECTOR.as_pointer())


def _vector(builder: ir.IRBuilder, address: ir.Value) -> ir.Value:
    loaded = builder.load(address)
    loaded.align = 1  # they may begin anywhere
    return loaded


def _plain_bytes(_typing: Any, window: Any, _at: Any, _one: Any, _other: Any) -> _Code:
    """See ``plain_bytes``."""

    def code(context: Any, builder: ir.IRBuilder, signature: Any, given: Any) -> ir.Value:
        found = _vector(builder, _address(context, builder, signature.args[0], given[0], given[1]))
        masks = []
        for wanted in given[2:]:
            byte = builder.trunc(wanted, _BYTE)
            single = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), byte, ir.Constant(ir.IntType(32), 0))
            zeros = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
            every = builder.shuffle_vector(single, ir.Constant(_VECTOR, ir.Undefined), zeros)
            masks.append(builder.icmp_unsigned("==", found, every))
        mask = builder.bitcast(builder.or_(*masks), _MASK)
        return builder.zext(builder.cttz(mask, ir.Constant(ir.IntType(1), 0)), _PLACE)

    return types.int64(window, types.int64, types.int64, types.int64), code


def _copy_sixteen(_typing: Any, window: Any, _at: Any, out: Any, _to: Any) -> _Code:
    """See ``copy_sixteen``."""

    def code(context: Any, builder: ir.IRBuilder, signature: Any, given: Any) -> ir.Value:
        found = _vector(builder, _address(context, builder, signature.args[0], given[0], given[1]))
        stored = builder.store(found, _address(context, builder, signature.args[2], given[2], given[3]))
        stored.align = 1
        return context.get_dummy_value()

    return types.none(window, types.int64, out, types.int64), code


# How many of the sixteen bytes at a place come before the first that is one of two; 16 if none is. Whoever calls knows
# that sixteen bytes are there.
plain_bytes = cast("Callable[[Bytes, int, int, int], int]", intrinsic(_plain_bytes))
# Copies the sixteen bytes at a place to a place in other bytes; whoever calls knows that both have so many.
copy_sixteen = cast("Callable[[Bytes, int, Bytes, int], None]", intrinsic(_copy_sixteen))
