"""Event patterns, typed from "Comparison operators for use in event patterns in Amazon EventBridge":
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

from typing import Any

import pytest

from tight.events.patterns import matches

EVENT = {
    "source": "aws.ec2",
    "detail-type": "EC2 Instance State-change Notification",
    "region": "us-east-1",
    "detail": {
        "state": "running",
        "count": 5,
        "price": 9.5,
        "ok": True,
        "none": None,
        "empty": "",
        "ip": "10.0.0.7",
        "file": "dir/report*.PNG",
        "tags": ["a", "b"],
        "lines": [{"sku": "tea", "n": 1}, {"sku": "cup", "n": 2}],
    },
}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ({"source": ["aws.ec2"]}, True),
        ({"source": ["aws.s3", "aws.ec2"], "region": ["us-east-1"]}, True),
        ({"source": ["aws.ec2"], "region": ["eu-north-1"]}, False),
        ({"source": ["AWS.EC2"]}, False),
        ({"nothing": ["a"]}, False),
        ({"detail": {"nothing": {"deep": ["a"]}}}, False),
        ({"detail": {"state": {"deep": ["a"]}}}, False),
        ({"detail": {"none": [None]}}, True),
        ({"detail": {"nothing": [None]}}, False),
        ({"detail": {"empty": [""]}}, True),
        ({"detail": {"count": [5]}}, True),
        ({"detail": {"count": ["5"]}}, False),
        ({"detail": {"ok": [True]}}, True),
        ({"detail": {"ok": [1]}}, False),
        ({"detail": {"count": [True]}}, False),
        ({"region": [{"prefix": "us-"}]}, True),
        ({"region": [{"prefix": "eu-"}, {"prefix": "us-"}]}, True),
        ({"region": [{"prefix": {"equals-ignore-case": "US-"}}]}, True),
        ({"detail": {"file": [{"suffix": ".PNG"}]}}, True),
        ({"detail": {"file": [{"suffix": ".png"}]}}, False),
        ({"detail": {"file": [{"suffix": {"equals-ignore-case": ".png"}}]}}, True),
        ({"detail": {"state": [{"equals-ignore-case": "RUNNING"}]}}, True),
        ({"detail": {"state": [{"anything-but": "stopped"}]}}, True),
        ({"detail": {"state": [{"anything-but": ["running", "stopped"]}]}}, False),
        ({"detail": {"count": [{"anything-but": [4, 5]}]}}, False),
        ({"detail": {"nothing": [{"anything-but": "a"}]}}, False),
        ({"detail": {"state": [{"anything-but": {"prefix": "run"}}]}}, False),
        ({"detail": {"state": [{"anything-but": {"suffix": ["x", "ng"]}}]}}, False),
        ({"detail": {"state": [{"anything-but": {"equals-ignore-case": ["RUNNING"]}}]}}, False),
        ({"detail": {"state": [{"anything-but": {"wildcard": "r*g"}}]}}, False),
        ({"detail": {"tags": [{"anything-but": "a"}]}}, True),
        ({"detail": {"count": [{"numeric": [">", 0, "<=", 5]}]}}, True),
        ({"detail": {"count": [{"numeric": ["<", 5]}]}}, False),
        ({"detail": {"price": [{"numeric": ["=", 9.5]}]}}, True),
        ({"detail": {"count": [{"numeric": [">=", 4.5]}]}}, True),
        ({"detail": {"state": [{"numeric": ["=", 5]}]}}, False),
        ({"detail": {"ok": [{"numeric": ["=", 1]}]}}, False),
        ({"detail": {"ip": [{"cidr": "10.0.0.0/24"}]}}, True),
        ({"detail": {"ip": [{"cidr": "10.0.1.0/24"}]}}, False),
        ({"detail": {"state": [{"cidr": "10.0.1.0/24"}]}}, False),
        ({"detail": {"state": [{"exists": True}], "nothing": [{"exists": False}]}}, True),
        ({"detail": {"state": [{"exists": False}]}}, False),
        ({"detail": {"none": [{"exists": True}]}}, True),
        ({"detail": {"file": [{"wildcard": "dir/*.PNG"}]}}, True),
        ({"detail": {"file": [{"wildcard": "dir/report\\*.PNG"}]}}, True),
        ({"detail": {"file": [{"wildcard": "dir/repor\\*.PNG"}]}}, False),
        ({"detail": {"file": [{"wildcard": "*.jpg"}]}}, False),
        ({"detail": {"tags": ["b", "c"]}}, True),
        ({"detail": {"tags": ["c"]}}, False),
        ({"detail": {"lines": {"sku": ["cup"]}}}, True),
        ({"detail": {"lines": {"sku": ["pot"]}}}, False),
        ({"detail": {"$or": [{"state": ["stopped"]}, {"count": [5]}]}}, True),
        ({"$or": [{"source": ["a"]}, {"region": ["b"]}]}, False),
        ({"source": ["aws.ec2"], "$or": [{"region": ["us-east-1"]}, {"detail": {"count": [6]}}]}, True),
    ],
)
def test_a_pattern_matches_as_eventbridge_says(pattern: dict[str, Any], expected: bool) -> None:
    assert matches(pattern, EVENT) is expected


def test_an_operator_that_eventbridge_does_not_have_is_named() -> None:
    with pytest.raises(ValueError, match="EventBridge has no operator 'like'"):
        matches({"source": [{"like": "a"}]}, EVENT)
