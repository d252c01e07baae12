"""Parameters annotated with a model or a dataclass: what reaches the handler, and what a 422 says."""

import json
import sys
import textwrap
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from tight.errors import InvalidInput, UnreadableAnnotation

Write = Callable[[dict[str, str]], None]
Load = Callable[..., Callable[[Any, object], Any]]
Send = Callable[..., dict[str, Any]]
Post = Callable[[str, object], tuple[int, Any]]

JSON = {"Content-Type": "application/json"}

# The same order in each library; `tags` may be repeated in a query.
MODELS = {
    "pydantic": """
        from pydantic import BaseModel

        class Order(BaseModel):
            name: str
            price: float
            tags: list[str] = []
    """,
    "pydantic dataclass": """
        from dataclasses import field
        from pydantic.dataclasses import dataclass

        @dataclass
        class Order:
            name: str
            price: float
            tags: list[str] = field(default_factory=list)
    """,
    "msgspec": """
        from msgspec import Struct

        class Order(Struct):
            name: str
            price: float
            tags: list[str] = []
    """,
    "dataclass": """
        from dataclasses import dataclass, field

        @dataclass
        class Order:
            name: str
            price: float
            tags: list[str] = field(default_factory=list)
    """,
}


def with_model(library: str, handler: str) -> str:
    """A handler.py with that library's Order."""
    return textwrap.dedent(MODELS[library]) + "from tight import direct, get, post\n" + textwrap.dedent(handler)


SHOW = """
    @post
    def write(body: Order):
        return [type(body).__name__, body.name, body.price, body.tags]
"""


@pytest.mark.parametrize("library", MODELS)
def test_a_body_is_given_as_the_model_that_annotates_it(post: Post, library: str) -> None:
    body = {"name": "tea", "price": 2.5, "tags": ["hot"], "unknown": "left out"}

    assert post(with_model(library, SHOW), body) == (200, ["Order", "tea", 2.5, ["hot"]])


@pytest.mark.parametrize("library", MODELS)
def test_what_has_a_default_may_stay_away(post: Post, library: str) -> None:
    assert post(with_model(library, SHOW), {"name": "tea", "price": 2}) == (200, ["Order", "tea", 2.0, []])


@pytest.mark.parametrize("library", MODELS)
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "tea", "price": "dear"}, "body.price"),
        ({"name": "tea"}, "body.price"),
        ({"name": "tea", "price": 1, "tags": ["hot", 5]}, "body.tags.1"),
        ({"name": "tea", "price": 1, "tags": "hot"}, "body.tags"),
        ([], "body"),
        (None, "body"),
        ("text", "body"),
    ],
)
def test_a_body_that_does_not_fit_is_a_422_that_names_the_field(
    post: Post, library: str, body: object, field: str
) -> None:
    status, answer = post(with_model(library, SHOW), body)

    assert (status, answer["message"]) == (422, "Unprocessable Entity")
    assert [fault["field"] for fault in answer["errors"]] == [field]
    assert answer["errors"][0].keys() == {"field", "message"}
    assert "Order" not in answer["errors"][0]["message"].replace("of Order", "").replace("Order instance", "")
    assert "handler" not in str(answer)


@pytest.mark.parametrize("library", MODELS)
def test_without_a_body_the_body_is_what_is_wrong(send: Send, library: str) -> None:
    answer = send(with_model(library, SHOW), "POST")

    assert answer["statusCode"] == 422
    assert [fault["field"] for fault in json.loads(answer["body"])["errors"]] == ["body"]


@pytest.mark.parametrize("library", MODELS)
@pytest.mark.parametrize("annotation", ["list[Order]", "'list[Order]'", "List[Order]"])
def test_a_list_of_models_is_read_and_the_place_of_a_fault_is_named(post: Post, library: str, annotation: str) -> None:
    source = with_model(
        library,
        f"""
        from typing import List

        @post
        def write(body: {annotation}):
            return [type(each).__name__ + each.name for each in body]
        """,
    )
    fits = {"name": "tea", "price": 1}
    status, answer = post(source, [fits, {"name": "tea", "price": "dear"}])

    assert post(source, [fits, fits]) == (200, ["Ordertea", "Ordertea"])
    assert post(source, []) == (200, [])
    assert (status, answer["errors"][0]["field"]) == (422, "body.1.price")
    assert post(source, fits)[1]["errors"][0]["field"] == "body"


@pytest.mark.parametrize("library", MODELS)
@pytest.mark.parametrize("annotation", ["Order | None", "'Order | None'", "Optional[Order]", "None | Order"])
def test_a_model_or_none_is_read(post: Post, library: str, annotation: str) -> None:
    source = with_model(
        library,
        f"""
        from typing import Optional

        @post
        def write(body: {annotation}):
            return {{"name": body and body.name}}
        """,
    )
    assert post(source, {"name": "tea", "price": 1}) == (200, {"name": "tea"})
    assert post(source, None) == (200, {"name": None})
    assert post(source, {"name": "tea"})[0] == 422


@pytest.mark.parametrize("library", MODELS)
def test_models_are_found_at_any_depth_of_an_annotation(post: Post, library: str) -> None:
    source = with_model(
        library,
        """
        @post
        def write(body: "dict[str, list[Order]]"):
            return {name: [each.name for each in orders] for name, orders in body.items()}
        """,
    )
    assert post(source, {"today": [{"name": "tea", "price": 1}]}) == (200, {"today": ["tea"]})
    assert post(source, {"today": [{"name": "tea"}]})[0] == 422


@pytest.mark.parametrize("library", [each for each in MODELS if each != "msgspec" or sys.version_info >= (3, 12)])
def test_an_alias_of_a_model_is_read_as_the_model(post: Post, library: str) -> None:
    # As the statement `type Placed = list[Order]` of Python 3.12 makes them; msgspec knows no others.
    home = "typing" if sys.version_info >= (3, 12) else "typing_extensions"
    source = with_model(
        library,
        f"""
        from {home} import TypeAliasType

        One = TypeAliasType("One", Order)
        Placed = TypeAliasType("Placed", list[One])

        @post
        def write(body: Placed):
            return [each.name for each in body]
        """,
    )
    assert post(source, [{"name": "tea", "price": 1}]) == (200, ["tea"])
    assert post(source, [{"name": "tea"}])[0] == 422


def test_an_alias_may_name_itself(post: Post) -> None:
    source = """
        from dataclasses import dataclass
        from typing import Union
        from tight import post

        @dataclass
        class Leaf:
            size: int

        class Lazy:  # as the statement `type` does, which evaluates an alias when it is asked
            __value__ = property(lambda self: Union[Leaf, list[tree]])

        tree = Lazy()

        @post
        def write(body: tree):
            return [repr(body)]
    """
    assert post(source, [{"size": 1}, [{"size": "2"}]]) == (200, ["[Leaf(size=1), [Leaf(size=2)]]"])


GENERIC = """
    from dataclasses import dataclass
    from typing import Generic, TypeVar
    from msgspec import Struct
    from pydantic import BaseModel
    from tight import post

    Item = TypeVar("Item")

    {page}
        items: list[Item]

    @post
    def write(body: Page[int]):
        return [type(body).__name__, body.items]
"""


@pytest.mark.parametrize("page", ["class Page(BaseModel, Generic[Item]):", "class Page(Struct, Generic[Item]):"])
def test_a_generic_model_is_read(post: Post, page: str) -> None:
    source = GENERIC.format(page=page)

    assert post(source, {"items": ["1"]})[1][1] == [1]
    assert post(source, {"items": ["x"]})[1]["errors"][0]["field"] == "body.items.0"


def test_a_generic_dataclass_is_refused_at_import(load: Load) -> None:
    with pytest.raises(UnreadableAnnotation, match=r"Page\[int\] of 'body' in write can't be checked"):
        load(GENERIC.format(page="@dataclass\n    class Page(Generic[Item]):"))


@pytest.mark.parametrize("library", MODELS)
def test_a_query_is_read_with_repeats_where_a_field_is_a_list(send: Send, library: str) -> None:
    source = with_model(
        library,
        """
        @get
        def read(query: Order):
            return [query.name, query.price, query.tags]
        """,
    )
    sent = {"name": ["first", "last"], "price": ["2.5"], "tags": ["hot"]}
    several = {**sent, "tags": ["hot", "green"]}

    assert json.loads(send(source, multiValueQueryStringParameters=sent)["body"]) == ["last", 2.5, ["hot"]]
    assert json.loads(send(source, multiValueQueryStringParameters=several)["body"]) == ["last", 2.5, ["hot", "green"]]
    wrong = send(source, multiValueQueryStringParameters={"name": ["tea"], "price": ["dear"]})
    assert json.loads(wrong["body"])["errors"][0]["field"] == "query.price"


@pytest.mark.parametrize("library", MODELS)
@pytest.mark.parametrize("parameter", ["form", "body"])
def test_a_form_is_read_as_a_query_is(send: Send, library: str, parameter: str) -> None:
    source = with_model(
        library,
        f"""
        @post
        def write({parameter}: Order):
            return [{parameter}.name, {parameter}.price, {parameter}.tags]
        """,
    )
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    body = urlencode([("name", "tea"), ("price", "2.5"), ("tags", "hot"), ("tags", "green")])

    assert json.loads(send(source, "POST", headers=form, body=body)["body"]) == ["tea", 2.5, ["hot", "green"]]
    wrong = json.loads(send(source, "POST", headers=form, body="name=tea")["body"])
    assert wrong["errors"][0]["field"] == f"{parameter}.price"


UPLOADS = {
    "pydantic": "class Photo(BaseModel, arbitrary_types_allowed=True):",
    "msgspec": "class Photo(Struct):",
    "dataclass": "@dataclass\n    class Photo:",
}
PHOTO = """
    from dataclasses import dataclass
    from msgspec import Struct
    from pydantic import BaseModel
    from tight import post
    from tight.bodies import Upload

    {photo}
        title: str
        file: Upload
        more: "list[Upload] | None" = None

    @post
    def write(body: Photo):
        return [body.title, body.file.filename, body.file.content, [each.filename for each in body.more or ()]]
"""


@pytest.mark.parametrize("library", UPLOADS)
def test_a_file_of_a_form_fits_a_field_that_is_one(load: Load, library: str) -> None:
    def part(name: str, value: str, file: str = "") -> str:
        filename = f'; filename="{file}"' if file else ""
        return f'--x\r\nContent-Disposition: form-data; name="{name}"{filename}\r\n\r\n{value}\r\n'

    handler = load(PHOTO.format(photo=UPLOADS[library]))
    event = {"httpMethod": "POST", "path": "/", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}
    title, more = part("title", "Cat"), part("more", "1", "1.png") + part("more", "2", "2.png")
    whole = handler({**event, "body": title + part("file", "meow", "cat.png") + more + "--x--\r\n"}, None)
    text = handler({**event, "body": title + part("file", "meow") + "--x--\r\n"}, None)

    assert json.loads(whole["body"]) == ["Cat", "cat.png", "bWVvdw==", ["1.png", "2.png"]]
    assert (text["statusCode"], json.loads(text["body"])["errors"][0]["field"]) == (422, "body.file")


ANOTHER_NAME = {
    "pydantic": """
        from pydantic import BaseModel, Field

        class Search(BaseModel):
            tags: list[str] | None = Field(None, alias="tag")
    """,
    "pydantic, one of several": """
        from pydantic import AliasChoices, AliasPath, BaseModel, Field

        class Search(BaseModel):
            tags: list[str] | None = Field(None, validation_alias=AliasChoices(AliasPath("old", "tags"), "tags", "tag"))
    """,
    "pydantic's dataclass": """
        from pydantic import Field
        from pydantic.dataclasses import dataclass

        @dataclass
        class Search:
            tags: list[str] | None = Field(None, alias="tag")
    """,
    "msgspec": """
        from msgspec import Struct, field

        class Search(Struct):
            tags: list[str] | None = field(default=None, name="tag")
    """,
    "dataclass": """
        from dataclasses import dataclass
        from typing import Optional

        @dataclass
        class Search:
            tag: Optional[list[str]] = None

            @property
            def tags(self):
                return self.tag
    """,
}


@pytest.mark.parametrize("model", ANOTHER_NAME.values(), ids=ANOTHER_NAME)
def test_a_list_that_may_stay_away_or_has_another_name_is_repeated_too(send: Send, model: str) -> None:
    source = textwrap.dedent(model)
    source += "from tight import get\n@get\ndef read(query: Search):\n    return {'tags': query.tags}\n"

    sent = {"tag": ["hot", "green"]}
    assert send(source, multiValueQueryStringParameters=sent)["body"] == '{"tags":["hot","green"]}'
    assert send(source)["body"] == '{"tags":null}'


@pytest.mark.parametrize("library", MODELS)
def test_the_event_of_a_direct_function_is_read_and_what_is_wrong_surfaces(load: Load, library: str) -> None:
    handler = load(
        with_model(
            library,
            """
            @direct
            def work(event: Order):
                return event.name
            """,
        )
    )
    assert handler({"name": "tea", "price": 1}, None) == "tea"
    with pytest.raises(InvalidInput, match=r"^event\.price: ") as caught:
        handler({"name": "tea", "price": "dear"}, None)
    assert [fault["field"] for fault in caught.value.fields] == ["event.price"]


@pytest.mark.parametrize("library", MODELS)
def test_annotations_that_are_strings_are_read(post: Post, library: str) -> None:
    source = "from __future__ import annotations\n" + with_model(library, SHOW)

    assert post(source, {"name": "tea", "price": 1}) == (200, ["Order", "tea", 1.0, []])


@pytest.mark.parametrize("annotation", ["list['Order']", "List['Order']", "Optional['Order']"])
def test_a_name_in_quotes_inside_of_an_annotation_is_refused_at_import(load: Load, annotation: str) -> None:
    source = f"""
        from typing import List, Optional

        @post
        def write(body: {annotation}):
            return 1
    """
    with pytest.raises(UnreadableAnnotation, match=r"Order.* of 'body' in write can't be checked"):
        load(with_model("dataclass", source))


def test_an_apps_own_answer_to_422_is_given(send: Send) -> None:
    source = with_model(
        "dataclass",
        """
        from tight import error

        @error(422)
        def invalid(error):
            return {"wrong": [fault["field"] for fault in error.fields]}

        @post
        def write(body: Order):
            return 1
        """,
    )
    answer = send(source, "POST", headers=JSON, body="{}")
    assert (answer["statusCode"], answer["body"]) == (422, '{"wrong":["body.name","body.price"]}')


def test_all_that_is_wrong_is_named_at_once(post: Post) -> None:
    for library in ("pydantic", "pydantic dataclass", "dataclass"):  # msgspec stops at the first
        _, answer = post(with_model(library, SHOW), {"price": "dear", "tags": 1})
        assert [fault["field"] for fault in answer["errors"]] == ["body.name", "body.price", "body.tags"]


def test_a_pydantic_validator_speaks_and_nothing_of_the_input_is_repeated(post: Post) -> None:
    source = """
        from pydantic import BaseModel, field_validator
        from tight import post

        class Account(BaseModel):
            password: str

            @field_validator("password")
            @classmethod
            def long_enough(cls, value):
                if len(value) < 10:
                    raise ValueError("at least 10 letters")
                return value

        @post
        def write(body: Account):
            return "made"
    """
    status, answer = post(source, {"password": "swordfish"})
    assert (status, answer["errors"]) == (
        422,
        [{"field": "body.password", "message": "Value error, at least 10 letters"}],
    )


def test_a_pydantic_model_that_is_not_complete_is_refused_at_import(load: Load) -> None:
    source = """
        from __future__ import annotations
        from pydantic import BaseModel
        from tight import post

        class Account(BaseModel):
            owner: Elsewhere

        @post
        def write(body: Account):
            return "made"
    """
    with pytest.raises(Exception, match="Elsewhere"):
        load(source)
