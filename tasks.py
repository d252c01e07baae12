"""The tasks of this repository: `./inv --list`."""

from invoke.collection import Collection

from dev import bench, checks, demo, hooks, screenshots, wheels

namespace = Collection(
    bench.bench,
    checks.constraints,
    checks.lint,
    checks.run_tests,
    checks.schema,
    demo.demo,
    hooks.hooks,
    screenshots.screenshots,
    wheels.wheels,
)
