"""One item through a client of boto3, which the image has."""

import json
import os
from typing import Any

import boto3

dynamodb = boto3.client("dynamodb")


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001  # Lambda's signature
    table = f"{os.environ['NAME']}-{os.environ['STAGE']}-orders"
    item = dynamodb.get_item(TableName=table, Key={"id": {"S": event["pathParameters"]["order_id"]}})["Item"]
    answer = {
        "customer": item["customer"]["S"],
        "id": item["id"]["S"],
        "total_cents": int(item["total_cents"]["N"]),
    }
    return {
        "statusCode": 200,
        "headers": {"Access-Control-Allow-Origin": "*", "Content-Type": "application/json"},
        "body": json.dumps(answer, separators=(",", ":")),
    }
