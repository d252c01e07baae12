"""What a function runs on in Lambda."""

import pytest

from tight_tasks.target import Target


@pytest.mark.parametrize(
    ("target", "platform"),
    [
        (Target("python3.11", "x86_64"), "x86_64-manylinux_2_17"),
        (Target("python3.12", "x86_64"), "x86_64-manylinux_2_34"),
        (Target("python3.13", "arm64"), "aarch64-manylinux_2_34"),
        (Target("python3.14", "arm64"), "aarch64-manylinux_2_34"),
    ],
)
def test_uv_is_asked_for_the_platform_of_the_runtimes_c_library(target: Target, platform: str) -> None:
    assert target.uv_platform == platform


def test_its_python_is_the_runtimes() -> None:
    assert Target("python3.13", "arm64").python == "3.13"
