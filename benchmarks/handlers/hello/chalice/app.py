"""Chalice: an app is itself the handler."""

from chalice import Chalice

app = Chalice(app_name="greetings")


@app.route("/hello", cors=True)
def hello() -> dict[str, str]:
    return {"hello": "world"}
