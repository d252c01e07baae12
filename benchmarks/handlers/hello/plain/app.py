"""A plain function, behind Smyth, serverless-offline and AWS's emulator."""

from typing import Any

HEADERS = {"Access-Control-Allow-Origin": "*", "Content-Type": "application/json"}


def hello(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001  # what Lambda gives
    return {"statusCode": 200, "headers": HEADERS, "body": '{"hello":"world"}'}
