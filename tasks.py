"""The tasks of this repository: `./inv --list`."""

from invoke.collection import Collection

from dev import bench, checks, demo, hooks

namespace = Collection(bench.bench, demo.demo, checks.run_tests, checks.lint, checks.constraints, hooks.hooks)
