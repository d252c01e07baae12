"""A bus: what others of the company tell of parcels that come back."""

from tight import bus

from app.models.effect import Effect


@bus(pattern={"source": ["post"], "detail-type": ["Parcel returned"]})
def take_back(detail):
    Effect.note(f"taken back {detail['id']}")
