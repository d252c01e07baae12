"""Schedules: EventBridge knows the first, and the host both."""

from tight import schedule

from app.models.effect import Effect


@schedule("daily", name="nightly")
@schedule("every(1 second)", name="beat")
def clean(schedule):
    Effect.note(f"cleaned {schedule}")
