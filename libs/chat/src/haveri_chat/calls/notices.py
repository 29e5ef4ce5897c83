"""The notices in an incident's channel about its escalation, in the organisation's language and the plant's time."""

from __future__ import annotations

from haveri_chat.calls.reasons import all_in_words, in_words
from haveri_chat.calls.scene import Scene
from haveri_chat.calls.step_notices import step_notice
from haveri_chat.calls.values import Before, Notice
from haveri_contracts.escalation import events
from haveri_contracts.escalation.models import EndReason, PlannedStep, Purpose

FOLDED = (events.EscalationStarted, events.EscalationUnacked)
"""Events that are part of the notice of the step that follows, and have none of their own."""

NOTICED = (
    events.StepFired,
    events.CallReleased,
    events.NotificationAnswered,
    events.MemberUnreachable,
    events.EscalationExhausted,
    events.EscalationSilenced,
    events.EscalationResumed,
    events.StepsReplanned,
    events.EscalationEnded,
    events.MitigationOverdue,
    events.PolicyMissing,
)
"""Events that may make a notice."""


def before_step(earlier: events.EscalationStarted | None, unacked: events.EscalationUnacked | None) -> Before:
    """What is folded into a step's notice: its run's beginning, and the last "nobody answered" before it."""
    return Before(earlier.trigger if earlier else None, unacked.minutes if unacked else None)


def notice_of(event: events.EscalationEvent, before: Before, scene: Scene) -> Notice | None:  # noqa: PLR0911 - one line for each kind
    """The notice, None for what the channel need not know."""
    match event:
        case events.StepFired():
            return step_notice(event, before, scene)
        case events.CallReleased(member_id=member):
            return Notice(scene.say("notice.released", people="{people}"), (member,))
        case events.NotificationAnswered(purpose=Purpose.JOIN, member_id=member):
            return Notice(scene.say("notice.coming", name=scene.name(member)))
        case events.MemberUnreachable(member_id=member, reason=reason, causes=causes):
            why = all_in_words(causes, scene.plant, scene.plant.locale) or reason
            return Notice(scene.say("notice.unreachable", name=scene.name(member)) + _because(why))
        case events.EscalationExhausted(last_resort=last_resort):
            return Notice(scene.say("notice.exhausted" if last_resort else "notice.exhausted_for_good"))
        case events.EscalationSilenced(until=until, reason=reason):
            return Notice(scene.say("notice.silenced", time=scene.clock(until)) + _because(reason))
        case events.EscalationResumed(steps=steps):
            return Notice(_with_next("notice.resumed", steps, scene))
        case events.StepsReplanned(steps=steps, reason=reason, cause=cause):
            why = in_words(cause, scene.plant, scene.plant.locale) if cause else reason
            return Notice(_with_next("notice.replanned", steps, scene, why))
        case events.EscalationEnded(reason=EndReason.ACKNOWLEDGED, by_member_id=by, at=at):
            taken = scene.say("notice.taken", name=scene.name(by), time=scene.clock(at))
            return Notice(taken, key=f"taken:{by}:{at.isoformat()}")
        case _:
            return _clocks_and_policies(event, scene)


def _clocks_and_policies(event: events.EscalationEvent, scene: Scene) -> Notice | None:
    match event:
        case events.MitigationOverdue(taken_by=by, taken_at=at, within_minutes=minutes):
            values = {"name": scene.name(by), "time": scene.clock(at), "minutes": scene.minutes(minutes)}
            return Notice(scene.say("notice.mitigation_overdue", **values))
        case events.PolicyMissing(severity=severity, facility_id=facility_id):
            facility = scene.plant.facilities.get(facility_id)
            place = facility.name if facility else "–"
            return Notice(scene.say("notice.policy_missing", severity=severity.value, facility=place))
        case _:
            return None


def _because(reason: str) -> str:
    return f": {reason}" if reason else "."


def _with_next(key: str, steps: list[PlannedStep], scene: Scene, reason: str = "") -> str:
    text = scene.say(key) + _because(reason)
    nearest = min((step.due_at for step in steps), default=None)
    if nearest is None or nearest <= scene.now:
        return text
    return f"{text if text.endswith('.') else text + '.'} {scene.say('notice.next', time=scene.clock(nearest))}"
