"""What a function runs on in Lambda: its Python, machine and C library. Packages are installed and checked for it."""

from dataclasses import dataclass
from typing import Literal

# "Lambda runtimes" in the Lambda developer guide: Amazon Linux 2 has glibc 2.26, Amazon Linux 2023 has 2.34.
_GLIBC = {"python3.11": (2, 26), "python3.12": (2, 34), "python3.13": (2, 34), "python3.14": (2, 34)}
_MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
# The platforms that uv knows by name; of those not newer than the C library the newest is asked for.
_KNOWN_TO_UV = ((2, 17), (2, 28), (2, 31), (2, 32), (2, 33), (2, 34))


@dataclass(frozen=True)
class Target:
    """A Lambda runtime on an architecture, both named as in tight.yml."""

    runtime: str
    architecture: Literal["arm64", "x86_64"]

    @property
    def python(self) -> str:
        """The minor version: 3.13."""
        return self.runtime.removeprefix("python")

    @property
    def glibc(self) -> tuple[int, int]:
        """The newest version of the C library that a shared library may ask for."""
        return _GLIBC[self.runtime]

    @property
    def machine(self) -> str:
        """The processor as wheels and Linux name it: aarch64 or x86_64."""
        return _MACHINES[self.architecture]

    @property
    def markers(self) -> dict[str, str]:
        """What the environment markers of a requirement are evaluated with, in the words of `packaging`."""
        return {
            "implementation_name": "cpython",
            "implementation_version": f"{self.python}.0",
            "os_name": "posix",
            "platform_machine": self.machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": f"{self.python}.0",
            "python_version": self.python,
            "sys_platform": "linux",
        }

    def __str__(self) -> str:
        return f"{self.runtime} on {self.architecture}"

    @property
    def uv_platform(self) -> str:
        """The value of uv's `--python-platform`."""
        major, minor = max(version for version in _KNOWN_TO_UV if version <= self.glibc)
        return f"{self.machine}-manylinux_{major}_{minor}"
