"""AWS Lambda Powertools: its resolver for REST APIs."""

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, CORSConfig
from aws_lambda_powertools.utilities.typing import LambdaContext

app = APIGatewayRestResolver(cors=CORSConfig())


@app.put("/orders/<order_id>")
def replace_order(order_id: str) -> dict[str, Any]:
    order = app.current_event.json_body
    total = sum(line["quantity"] * line["unit_cents"] for line in order["lines"])
    return {"id": order_id, **order, "total_cents": total}


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
