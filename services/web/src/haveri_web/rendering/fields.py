"""What the fields of a form hold."""

from __future__ import annotations

from uuid import UUID

from starlette.datastructures import FormData

from haveri_web.domain.refusals import InvalidRequest


def one(fields: FormData, name: str) -> str:
    """The text of a field, trimmed; files and absent fields count as empty."""
    value = fields.get(name, "")
    return value.strip()[:8000] if isinstance(value, str) else ""


def many(fields: FormData, name: str) -> list[str]:
    """The texts of all fields of a name, such as ticked boxes; files are passed over."""
    return [value.strip() for value in fields.getlist(name) if isinstance(value, str)][:200]


def id_in(fields: FormData, name: str) -> UUID:
    """The id in a field. Raises InvalidRequest."""
    try:
        return UUID(str(fields.get(name, "")))
    except ValueError:
        raise InvalidRequest.field(name, "is not an id of ours") from None
