"""Long data made short: zlib, and what it may become again."""

from zlib import compress, decompressobj, error

from tight.errors import UnreadableMessage

__all__ = ["compress", "decompress"]

_MOST = 64 * 2**20  # a message of 1 MB can say that it is a GB, which would end the environment


def decompress(packed: bytes) -> bytes:
    """What was compressed. Raises `UnreadableMessage`, also for more than 64 MB."""
    stream = decompressobj()
    try:
        data = stream.decompress(packed, _MOST)
    except error as reason:
        raise UnreadableMessage(f"it can't be decompressed: {reason}") from reason
    if not stream.eof:
        fault = "it is more than 64 MB when decompressed" if len(data) == _MOST else "its compressed data is cut off"
        raise UnreadableMessage(fault)
    return data
