"""Bodies that are documents rather than JSON."""

from __future__ import annotations

from collections.abc import Collection

from fastapi import Request

from haveri_contracts.plain import Refusal
from haveri_web.domain.refusals import InvalidRequest


class MediaTypeNotSupported(Refusal):
    """The body is of a type that this route does not read."""

    type = "media-type-not-supported"
    title = "This type of body is not read here."


def media_type_of(request: Request) -> str:
    """What the request says its body is, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def document_of(request: Request, kinds: Collection[str], longest: int) -> str:
    """The body as text. Raises MediaTypeNotSupported, or InvalidRequest for an empty, binary or too long one."""
    if media_type_of(request) not in kinds:
        raise MediaTypeNotSupported(f"Send the document itself, as {' or '.join(kinds)}.")
    try:
        text = (await request.body()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidRequest.field("document", f"is not UTF-8 text (byte {error.start})") from None
    if not text.strip():
        raise InvalidRequest.field("document", "is empty")
    if "\x00" in text:
        raise InvalidRequest.field("document", "must not contain a null character")
    if len(text) > longest:
        raise InvalidRequest.field("document", f"has more than {longest} characters")
    return text
