"""FastAPI behind Mangum.

`async`, since FastAPI runs a plain function in a thread; without lifespan, since there is nothing to start or stop.
"""

from typing import Any

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware
from mangum import Mangum

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["*"])


@app.put("/orders/{order_id}")
async def replace_order(order_id: str, order: dict[str, Any]) -> dict[str, Any]:
    total = sum(line["quantity"] * line["unit_cents"] for line in order["lines"])
    return {"id": order_id, **order, "total_cents": total}


handler = Mangum(app, lifespan="off")
