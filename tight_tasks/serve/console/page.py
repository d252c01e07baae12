"""How every page of the console is made: its HTML and headers, and forms that show where they come from."""

import hmac
import secrets
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from tight_tasks.serve.invocation import LARGEST_PAYLOAD
from tight_tasks.serve.management import PREFIX

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",  # with none at all, a form would come from the origin `null`
    "x-content-type-options": "nosniff",
}
_LARGEST_FORM = 3 * LARGEST_PAYLOAD  # percent-encoded
Fields = dict[str, str]


class Pages:
    """The pages of the app `name`. `form_token` stands in each form: only who has seen a page can send one."""

    def __init__(self, name: str) -> None:
        self.form_token = secrets.token_urlsafe(24)
        self._name = name
        self._templates = Environment(
            loader=PackageLoader("tight_tasks.serve.console"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def page(self, template: str, status: int = 200, **parts: Any) -> HTMLResponse:
        html = self._templates.get_template(template).render(
            app=self._name, here=template, form_token=self.form_token, prefix=PREFIX, **parts
        )
        return HTMLResponse(html, status, HEADERS)

    def problem(self, text: str, status: int) -> HTMLResponse:
        return self.page("problem.html", status, problem=text)

    def gone(self) -> HTMLResponse:
        return self.problem("This invocation is not kept any more: the last 500 are.", 404)

    def unchanged(self, request: Request, answer: HTMLResponse) -> Response:
        """`answer`, or a 304 for who has it already."""
        tag = f'"{sha256(answer.body).hexdigest()[:24]}"'
        answer.headers["etag"] = tag
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers={**HEADERS, "etag": tag})
        return answer

    def see(self, path: str) -> Response:
        """Go on to a page of the console."""
        return RedirectResponse(f"{PREFIX}{path}", 303, HEADERS)

    def form(
        self, answer: Callable[[Request, Fields], Awaitable[Response]]
    ) -> Callable[[Request], Awaitable[Response]]:
        """What answers a form by `answer`, once that has the token."""

        async def guarded(request: Request) -> Response:
            fields = await _fields(request)
            if fields is None:
                return self.problem("The form is larger than an event may be.", 413)
            if not hmac.compare_digest(fields.get("form_token", "").encode(), self.form_token.encode()):
                return self.problem("The form is not of this run of the local Lambda: load its page anew.", 403)
            return await answer(request, fields)

        return guarded


async def _fields(request: Request) -> Fields | None:
    """What a form has sent; None for one that is too large."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > _LARGEST_FORM:
            return None
    text = content.decode("utf-8", "replace")
    return {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}
