"""Sizes of what is uploaded: Lambda's limits, from "Lambda quotas" in the Lambda developer guide, and as text."""

_KB = 1024
_MB = 1024 * _KB
ZIPPED = 50 * _MB  # of a zip that is uploaded directly, and not through S3
UNZIPPED = 250 * _MB  # of the code with all of its layers
IMAGE = 10 * 1024 * _MB  # of a container image


def told(size: int) -> str:
    """Bytes for a person, counted as Lambda counts them: 1024 to a kB."""
    return f"{size / _MB:.1f} MB" if size >= _MB else f"{size / _KB:.1f} kB"
