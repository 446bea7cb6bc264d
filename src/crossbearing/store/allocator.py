"""What the process keeps of memory that it has given up."""

import ctypes
import platform
from functools import cache
from typing import Final

_M_MMAP_THRESHOLD: Final = -3  # malloc.h of glibc
_LARGE: Final = 1 << 20  # bytes


@cache
def give_back_large_buffers() -> None:
    """Let buffers of a megabyte and more go back to the system when they are freed.

    By itself glibc raises that limit to 32 MB, and keeps smaller ones in an arena for each thread; a long intake then
    holds some hundred megabytes that nobody uses. Elsewhere nothing is done.
    """
    if platform.libc_ver()[0] == "glibc":
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE)
