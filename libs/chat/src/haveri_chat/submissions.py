"""What a filled-in form asks for: a command, or the form again with what is wrong at its fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from haveri_chat.decisions import AnswerPrivately, OpenForm, SendCommand, Where
from haveri_chat.forms import Form
from haveri_chat.forms.filled import Filled
from haveri_chat.forms.incident import FOLLOW_UP_LENGTH, FOLLOW_UP_ROWS, LONG, SHORT, FormMaker
from haveri_chat.plant import Plant, Who
from haveri_chat.texts import say
from haveri_chat.tidying import one_line
from haveri_contracts.incident import commands as order
from haveri_contracts.incident.models import FollowUpDraft, Impact, Incident, Summary
from haveri_contracts.plain import EntryType, Severity

Submitted = SendCommand | OpenForm | AnswerPrivately


def submitted(
    data: Mapping[str, str],
    values: Mapping[str, str],
    who: Who,
    where: Where,
    plant: Plant,
    *,
    new_id: Callable[[], UUID],
) -> Submitted:
    """Read a submission; `where.addressed` is the incident of `data["incident"]`. Never raises for bad values."""
    verb, locale = str(data.get("verb", "")), who.locale
    if not who.may_respond:
        return AnswerPrivately(say(locale, "refusal.role-not-sufficient"))
    maker, filled = FormMaker(locale, plant, new_id), Filled(values, locale, plant)
    if verb == "incident":
        return _declared(maker, filled, data)
    incident = where.addressed
    if incident is None:
        return AnswerPrivately(say(locale, "refusal.incident-unknown"))
    if verb in _READERS:
        form, command = _READERS[verb](maker, filled, incident)
        return _send_or_correct(form, command, filled, data)
    return AnswerPrivately(say(locale, "misunderstood.stale-button"))


def _send_or_correct(
    form: Form, command: Callable[[], order.IncidentCommand], filled: Filled, data: Mapping[str, str]
) -> Submitted:
    if filled.errors:
        corrected = form.with_errors(filled.values, filled.errors)
        same = Form(corrected.id, corrected.title, corrected.fields, corrected.submit, dict(data), corrected.intro)
        return OpenForm(same)
    sent = command()
    logged = isinstance(sent, order.AddEvent)
    return SendCommand(sent, say(filled.locale, "done.logged") if logged else "")


def _declared(maker: FormMaker, filled: Filled, data: Mapping[str, str]) -> Submitted:
    what = one_line(filled.text("what", SHORT, required=True))
    severity = filled.choice("severity", [item.value for item in Severity], required=True)
    place = filled.place("facility", "area", "asset")
    description = filled.text("description", LONG)

    def command() -> order.DeclareIncident:
        return order.DeclareIncident(
            incident_id=maker.new_id(),
            title=what,
            severity=Severity(severity),
            facility_id=place.facility_id,
            area_id=place.area_id,
            asset_ids=place.asset_ids,
            description=description,
        )

    return _send_or_correct(maker.declare(), command, filled, data)


Reading = tuple[Form, Callable[[], order.IncidentCommand]]


def _lead(maker: FormMaker, filled: Filled, incident: Incident) -> Reading:
    member = filled.member("member", required=True)
    return maker.person("lead", incident), lambda: order.AssignLead(incident_id=incident.id, member_id=_known(member))


def _comms(maker: FormMaker, filled: Filled, incident: Incident) -> Reading:
    member = filled.member("member", required=True)
    return (
        maker.person("comms", incident),
        lambda: order.AssignCommsLead(incident_id=incident.id, member_id=_known(member)),
    )


def _did(maker: FormMaker, filled: Filled, incident: Incident) -> Reading:
    text = filled.text("did_text", LONG, required=True)
    return (
        maker.text("did", incident),
        lambda: order.AddEvent(incident_id=incident.id, type=EntryType.ACTION_TAKEN, text=text),
    )


def _note(maker: FormMaker, filled: Filled, incident: Incident) -> Reading:
    text = filled.text("note_text", LONG, required=True)
    return (
        maker.text("note", incident),
        lambda: order.AddEvent(incident_id=incident.id, type=EntryType.ANNOTATION, text=text),
    )


def _reopen(maker: FormMaker, filled: Filled, incident: Incident) -> Reading:
    reason = filled.text("reopen_text", LONG, required=True)
    return maker.text("reopen", incident), lambda: order.ReopenIncident(incident_id=incident.id, reason=reason)


def _escalate(maker: FormMaker, filled: Filled, incident: Incident) -> Reading:
    member, team = filled.member("member_to_call"), filled.team("team_to_call")
    policy = filled.policy("policy_to_call", incident.facility_id)
    reason = filled.text("escalate_reason", LONG)
    if policy and (member or team):
        filled.wrong("policy_to_call", "error.policy_alone")

    def command() -> order.Escalate:
        members, teams = [member] if member else [], [team] if team else []
        return order.Escalate(
            incident_id=incident.id, policy_id=policy, member_ids=members, team_ids=teams, reason=reason
        )

    return maker.escalate(incident), command


def _resolve(maker: FormMaker, filled: Filled, incident: Incident) -> Reading:
    summary = _summary(filled)
    return (
        maker.summary("resolve", incident),
        lambda: order.ResolveIncident(incident_id=incident.id, summary=summary()),
    )


def _amend(maker: FormMaker, filled: Filled, incident: Incident) -> Reading:
    summary = _summary(filled)
    return maker.summary("amend", incident), lambda: order.AmendSummary(incident_id=incident.id, summary=summary())


def _summary(filled: Filled) -> Callable[[], Summary]:
    """Reads every field now, so that all errors are known; builds the summary only when there are none."""
    what = filled.text("what_happened", LONG, required=True)
    cause, category = filled.text("root_cause", LONG), filled.text("root_cause_category", 100)
    resolution, how = filled.text("resolution", LONG), filled.text("resolution_type", 100)
    duration, lines = filled.whole("duration_minutes", 10_000_000), filled.whole("lines_affected", 10_000)
    units, cost = filled.whole("units_lost", 10_000_000_000), filled.money("cost")
    return lambda: Summary(
        what_happened=what,
        root_cause=cause,
        root_cause_category=category or None,
        resolution=resolution,
        resolution_type=how or None,
        impact=Impact(duration_minutes=duration, lines_affected=lines, units_lost=units, cost=cost),
    )


def _close(maker: FormMaker, filled: Filled, incident: Incident) -> Reading:
    drafts: list[FollowUpDraft] = []
    for row in range(1, FOLLOW_UP_ROWS + 1):
        prefix = f"follow_up_{row}"
        who, due = filled.member(f"{prefix}_who"), filled.date(f"{prefix}_by")
        what = filled.text(f"{prefix}_what", FOLLOW_UP_LENGTH)
        if what:
            drafts.append(FollowUpDraft(id=maker.new_id(), description=what, assigned_to=who, due_date=due))
        elif who or due:
            filled.wrong(f"{prefix}_what", "error.follow_up_what")
    return maker.close(incident), lambda: order.CloseIncident(incident_id=incident.id, follow_ups=drafts)


def _known(member: UUID | None) -> UUID:
    if member is None:
        raise ValueError("a required member was not chosen")
    return member


_READERS: dict[str, Callable[[FormMaker, Filled, Incident], Reading]] = {
    "lead": _lead,
    "comms": _comms,
    "did": _did,
    "note": _note,
    "reopen": _reopen,
    "escalate": _escalate,
    "resolve": _resolve,
    "amend": _amend,
    "close": _close,
}
