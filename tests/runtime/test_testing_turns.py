"""The embedded DynamoDB takes one call at a time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from tight import client


def test_of_conditional_writes_at_once_one_succeeds(shell: pytest.MonkeyPatch, aws: str) -> None:
    shell.setenv("AWS_ENDPOINT_URL", aws)
    database = client("dynamodb")
    database.create_table(
        TableName="turns",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    )
    together = Barrier(8)

    def put(number: int, writer: int) -> bool:
        item = {"id": {"S": str(number)}, "writer": {"N": str(writer)}}
        together.wait(30)
        try:
            database.put_item(
                TableName="turns",
                Item=item,
                ConditionExpression="attribute_not_exists(id) OR writer = :writer OR (writer < :none AND id = :id)",
                ExpressionAttributeValues={":writer": item["writer"], ":none": {"N": "-1"}, ":id": item["id"]},
            )
        except database.exceptions.ConditionalCheckFailedException:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        rounds = [list(threads.map(put, [number] * 8, range(8))) for number in range(40)]
    database.delete_table(TableName="turns")

    assert [sum(won) for won in rounds] == [1] * 40
