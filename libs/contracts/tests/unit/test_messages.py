"""What messages and the plain types promise to those who use them."""

from __future__ import annotations

import subprocess
import sys
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter, ValidationError

from haveri_contracts.catalogue import all_messages
from haveri_contracts.directory.models import Facility, Locale, Member, Shift
from haveri_contracts.incident.models import Impact
from haveri_contracts.message import Event, Message, Query, find
from haveri_contracts.outcomes import Outcome, Problem
from haveri_contracts.plain import Refusal, Role, Status
from haveri_contracts.types import Frozen

ID = UUID("0198c3a2-0001-7001-8a5e-2f1c00001eef")


@pytest.mark.parametrize("message", all_messages(), ids=lambda message: message.message_type())
def test_every_message_says_what_it_means_and_is_found_by_its_type(message: type[Message]) -> None:
    assert find(message.message_type()) is message
    assert message.describe().endswith((".", "?"))
    assert message.describe() != message.__base__.describe()  # type: ignore[union-attr]
    if issubclass(message, Query):
        assert issubclass(message.Answer, Frozen)


def test_a_process_that_imported_nothing_else_reads_every_message() -> None:
    script = "from haveri_contracts.message import find; assert find('haveri.directory.put_team.v1') is not None"
    subprocess.run([sys.executable, "-c", script], check=True)


def test_two_messages_cannot_share_a_type() -> None:
    with pytest.raises(TypeError, match=r"haveri\.incident\.declared\.v1 is declared twice"):

        class Impostor(Event):
            """Another one."""

            owner = "incident"
            name = "declared"


def test_a_message_is_not_changed_after_it_was_made() -> None:
    shift = Shift.model_validate({"name": "Night", "from": "22:00", "to": "06:00"})
    with pytest.raises(ValidationError):
        setattr(shift, "name", "Day")  # noqa: B010 - a type checker refuses it plainly
    assert shift.model_dump(mode="json")["from"] == "22:00"


@pytest.mark.parametrize("language", ["fi\n", "pt-BR\n", "\nfi", "fi ", "f", "Finnish"])
def test_a_language_is_its_tag_and_nothing_around_it(language: str) -> None:
    locale = TypeAdapter(Locale)
    assert (locale.validate_python("FI"), locale.validate_python("pt-br")) == ("fi", "pt-BR")
    with pytest.raises(ValidationError, match="is not a language"):
        locale.validate_python(language)


def test_each_role_may_do_what_the_ones_before_it_may() -> None:
    order = [Role.VIEWER, Role.RESPONDER, Role.MANAGER, Role.ADMINISTRATOR]
    for held, needed in product(order, order):
        assert held.covers(needed) is (order.index(held) >= order.index(needed))


def test_an_incident_is_open_until_it_is_resolved() -> None:
    assert [status for status in Status if status.is_open] == ["DECLARED", "INVESTIGATING", "MITIGATED"]


def test_a_refusal_is_told_as_a_problem_under_its_public_name() -> None:
    class IncidentAlreadyClosed(Refusal):
        type = "incident-already-closed"
        title = "The incident is closed."

    outcome = Outcome.rejected(ID, Problem.of(IncidentAlreadyClosed()))
    assert outcome.model_dump(mode="json") == {
        "command_id": str(ID),
        "status": "rejected",
        "result": None,
        "problem": {
            "type": "incident-already-closed",
            "title": "The incident is closed.",
            "detail": "The incident is closed.",
            "errors": [],
        },
    }


@pytest.mark.parametrize("zone", ["Helsinki", "", "Europe/Nowhere", "../etc/passwd"])
def test_a_time_zone_that_does_not_exist_is_refused(zone: str) -> None:
    with pytest.raises(ValidationError, match="IANA time zone"):
        Facility(id=ID, name="Tampere", timezone=zone)


@pytest.mark.parametrize("metadata", [{"n": 2**70}, {"s": "\ud800"}, {"t": object()}, {"x": "a\x00"}])
def test_free_form_data_that_json_or_the_database_cannot_hold_are_refused(metadata: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=r"plain JSON|null character"):
        Facility(id=ID, name="Tampere", timezone="Europe/Helsinki", metadata=metadata)


def test_an_email_address_is_kept_in_lower_case_and_a_wrong_one_refused() -> None:
    member = Member.model_validate({"id": ID, "name": "Aino", "email": " Aino@Works.Example ", "role": "manager"})
    assert member.email == "aino@works.example"
    with pytest.raises(ValidationError, match="not an e-mail address"):
        Member.model_validate({"id": ID, "name": "Aino", "email": "aino at works", "role": "manager"})


def test_no_cent_of_a_cost_is_rounded() -> None:
    assert Impact.model_validate({"cost": "12345678901234.56"}).model_dump(mode="json")["cost"] == "12345678901234.56"
    with pytest.raises(ValidationError):
        Impact.model_validate({"cost": "0.005"})
