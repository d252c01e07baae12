"""Who is compared: which files a function's zip holds, and which handler Lambda is told."""

from dataclasses import dataclass

TIGHT = "tight-runtime"  # built from this work tree


@dataclass(frozen=True)
class Competitor:
    """A function: `folder` below handlers/, the packages that its zip brings along, and the handler's setting.

    `resolved` is false where the packages bring along nothing of their own: the image has boto3, and Chalice puts
    its runtime alone into a zip.
    """

    name: str
    folder: str
    handler: str
    packages: tuple[str, ...] = ()
    resolved: bool = True

    @property
    def slug(self) -> str:
        return self.name.replace(" ", "_").lower()


BARE = Competitor("bare", "bare", "app.handler")
WITH_TIGHT = Competitor("Tight", "tight", "app_index.orders", (TIGHT,))
WITH_ORJSON = Competitor("Tight with orjson", "tight", "app_index_orjson.orders", (TIGHT, "orjson"))
CHALICE = Competitor("Chalice", "chalice", "app.app", ("chalice",), resolved=False)
POWERTOOLS = Competitor("Powertools", "powertools", "app.handler", ("aws-lambda-powertools",))
MANGUM = Competitor("Mangum with FastAPI", "mangum", "app.handler", ("mangum", "fastapi"))

BOTO3 = Competitor("boto3 client", "boto3", "app.handler")
MODEL = Competitor("Tight model", "model", "app_index.orders", (TIGHT, "pynamodb"), resolved=False)
# The same function of the same app, packed by `zip -r` and by `invoke artifact`; and the same with boto3 in the zip.
MODEL_WITH_BOTO3 = Competitor("Tight model with boto3", "model", "app_index.orders", (TIGHT, "pynamodb", "boto3"))
PLAIN_ZIP = Competitor("plain zip", "model", "app_index.orders")
ARTIFACT = Competitor("invoke artifact", "model", "app_index.orders")
PLAIN_ZIP_WITH_BOTO3 = Competitor("plain zip with boto3", "model", "app_index.orders")
ARTIFACT_WITH_BOTO3 = Competitor("invoke artifact with boto3", "model", "app_index.orders")

# Bare and Tight come more often: what is asked of their ratio is within a hundredth or two of what is measured.
COLD = (BARE, WITH_TIGHT, CHALICE, BARE, WITH_TIGHT, POWERTOOLS, WITH_TIGHT, BARE, MANGUM, WITH_TIGHT, BARE)
WARM = (BARE, WITH_TIGHT, WITH_ORJSON, CHALICE, POWERTOOLS, MANGUM)
READING = (BOTO3, MODEL)
PACKED = (PLAIN_ZIP, ARTIFACT)
PACKED_WITH_BOTO3 = (PLAIN_ZIP_WITH_BOTO3, ARTIFACT_WITH_BOTO3)
ALL = (*WARM, *READING, MODEL_WITH_BOTO3)
