"""A bucket: photos that were uploaded."""

from tight import bucket

from app.models.effect import Effect


@bucket("photos", on=["ObjectCreated:*"], suffix=".jpg")
def shrink(key, size):
    Effect.note(f"shrunk {key} of {size} bytes")
