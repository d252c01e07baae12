"""What machine code says of itself."""

import io

import pytest

from tests.tasks.vendor.distributions import shared_object
from tight_tasks.elf import BadElf, Elf, read_elf

AARCH64, X86_64, RISCV = 183, 62, 243


@pytest.mark.parametrize(("machine", "name"), [(AARCH64, "aarch64"), (X86_64, "x86_64"), (RISCV, "RISCV")])
def test_the_machine_is_named_as_linux_names_it_where_lambda_has_it(machine: int, name: str) -> None:
    assert read_elf(io.BytesIO(shared_object(machine, "2.28"))) == Elf(name, (2, 28), is_musl=False)


def test_what_is_cut_off_says_that_it_can_not_be_read() -> None:
    with pytest.raises(BadElf):
        read_elf(io.BytesIO(shared_object(X86_64)[:40]))
