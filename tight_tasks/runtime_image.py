"""What Lambda's own image of a Python has to import, beside what is uploaded."""

import sys

# AWS's SDK; what it needs comes with it. A part of it in an artifact hides that part of Lambda's.
SDK = frozenset({"boto3", "botocore", "s3transfer"})
# "Runtime-included SDK versions" in the Lambda developer guide: the SDK and the runtime client, each with all that it
# needs. By the distribution's name, normalised as PEP 503 says; the module that it is imported as.
PACKAGES = {
    **{name: name for name in SDK},
    "awslambdaric": "awslambdaric",
    "jmespath": "jmespath",
    "python-dateutil": "dateutil",
    "simplejson": "simplejson",
    "six": "six",
    "snapshot-restore-py": "snapshot_restore_py",
    "urllib3": "urllib3",
}

# "What's new" of each version; the interpreter that runs a task need not be the one in Lambda.
_ADDED = {14: {"annotationlib", "compression"}}
_REMOVED = {
    11: {"binhex"},
    12: {"asynchat", "asyncore", "distutils", "imp", "smtpd"},
    13: {
        *("aifc", "audioop", "cgi", "cgitb", "chunk", "crypt", "imghdr", "lib2to3", "mailcap", "msilib", "nis"),
        *("nntplib", "ossaudiodev", "pipes", "sndhdr", "spwd", "sunau", "telnetlib", "uu", "xdrlib"),
    },
}
_OLDEST_HAS = {"tomllib"}  # every Python that Lambda runs; not 3.10, which tasks may run in


def standard_library(python: str) -> frozenset[str]:
    """The top-level modules of Python's standard library in this minor version: 3.13."""
    minor = int(python.partition(".")[2])
    names = {*sys.stdlib_module_names, *_OLDEST_HAS}
    for version, removed in _REMOVED.items():
        names = names - removed if version <= minor else names | removed
    for version, added in _ADDED.items():
        names = names | added if version <= minor else names - added
    return frozenset(names)
