"""Whether the zips can be read to their end, by anybody."""

import zlib
from collections.abc import Iterator
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile

from tight_tasks.inspection.report import Fault
from tight_tasks.inspection.subject import Subject

_ENCRYPTED = 0x1
_CHUNK = 1 << 20


def find(subject: Subject) -> Iterator[Fault]:
    """Encrypted, oddly compressed and damaged entries."""
    for entry in subject.contents.entries:
        if entry.info.flag_bits & _ENCRYPTED:
            yield Fault(entry.place, "is encrypted: Lambda has no password")
        elif entry.info.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
            yield Fault(entry.place, "is compressed by another method than deflate: Lambda unpacks that alone")
        else:
            try:
                with entry.source.open(entry.info) as stream:
                    while stream.read(_CHUNK):
                        pass
            except (BadZipFile, zlib.error, EOFError, OSError) as error:
                yield Fault(entry.place, f"is damaged: {error}")
