"""A step of an escalation as one message in the channel: why it goes out, who is called, held, named in vain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from haveri_chat.calls.reasons import in_words
from haveri_chat.calls.scene import Scene
from haveri_chat.calls.values import Before, Notice
from haveri_contracts.escalation.events import StepFired
from haveri_contracts.escalation.models import PlacedCall, Purpose, Trigger

LAST_RESORT = 0

_BEGINNINGS = {
    Trigger.BY_HAND: "notice.step.by_hand",
    Trigger.SEVERITY_CHANGED: "notice.step.severity",
    Trigger.REOPENED: "notice.step.reopened",
    Trigger.ACKNOWLEDGEMENT_EXPIRED: "notice.step.expired",
    Trigger.MITIGATION_OVERDUE: "notice.step.overdue",
}


def step_notice(event: StepFired, before: Before, scene: Scene) -> Notice | None:
    """Why, whom, and who else was meant. What was said of the time before is said here, so that it is one message.

    None for a new lead who was called for being it: the workflow has mentioned them.
    """
    called = [call for call in event.calls if call.held_until is None]
    if before.trigger is Trigger.BY_HAND and [call.member_id for call in event.calls] == [scene.incident.assigned_to]:
        return None
    sentences = [_headline(event, before, called, scene)]
    sentences.extend(_held(event.calls, scene))
    if event.already_called:
        sentences.append(scene.say("notice.called_before", names=scene.names(event.already_called)))
    in_vain = [in_words(reason, scene.plant, scene.plant.locale) for reason in event.in_vain]
    sentences.extend(map(_sentence, in_vain or event.missing))
    return Notice(" ".join(sentences), tuple(call.member_id for call in called))


def _headline(event: StepFired, before: Before, called: Sequence[PlacedCall], scene: Scene) -> str:
    why = _why(event, before, scene)
    if not called:
        return scene.say("notice.nobody_called", why=why)
    joining = all(call.purpose is Purpose.JOIN for call in called)
    return scene.say("notice.joining" if joining else "notice.calling", why=why, people="{people}")


def _why(event: StepFired, before: Before, scene: Scene) -> str:
    if event.step == LAST_RESORT:
        return scene.say("notice.step.last_resort")
    if before.unanswered_minutes is not None:
        return scene.say("notice.step.unanswered", minutes=scene.minutes(before.unanswered_minutes))
    first = (event.round, event.step) == (1, 1)
    key = _BEGINNINGS.get(before.trigger) if before.trigger and first else None
    if key is None:
        return scene.incident.number
    return scene.say(key, severity=scene.incident.severity.value)


def _held(calls: Sequence[PlacedCall], scene: Scene) -> list[str]:
    by_moment: dict[datetime, list[PlacedCall]] = {}
    for call in calls:
        if call.held_until is not None:
            by_moment.setdefault(call.held_until, []).append(call)
    return [
        scene.say("notice.held", names=scene.names(call.member_id for call in held), time=scene.clock(until))
        for until, held in sorted(by_moment.items())
    ]


def _sentence(words: str) -> str:
    """Words as a sentence of their own."""
    words = words.strip()
    return words[:1].upper() + words[1:] + ("" if words.endswith((".", "!", "?")) else ".")
