"""Sizes as text, and Lambda's limits."""

import pytest

from tight_tasks.sizes import UNZIPPED, ZIPPED, told


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0.0 kB"), (400, "0.4 kB"), (ZIPPED, "50.0 MB"), (UNZIPPED + (1 << 19), "250.5 MB")]
)
def test_bytes_are_counted_as_lambda_counts_them(size: int, text: str) -> None:
    assert told(size) == text


def test_the_limits_are_lambdas() -> None:
    assert (ZIPPED, UNZIPPED) == (52428800, 262144000)
