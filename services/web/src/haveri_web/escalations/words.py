"""Events of escalations in words, for the pages' timeline and for exports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from haveri_contracts.message import find
from haveri_web.policies.reasons import ReasonWords
from haveri_web.rendering.moments import local
from haveri_web.texts import Translate

Payload = Mapping[str, Any]
MemberName = Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Described:
    """What happened in a line, and what was said about it."""

    detail: str
    text: str = ""


class EscalationWords:
    """Puts events of the escalation service into words, with people's names and the facility's clock."""

    def __init__(self, t: Translate, member: MemberName, zone: ZoneInfo, reasons: ReasonWords | None = None) -> None:
        self._t = t
        self._reasons = reasons
        self._member = member
        self._zone = zone

    def describe(self, source_type: str, payload: Payload) -> Described | None:
        """The event in words; None for one that this does not know."""
        owner, _, name = source_type.removeprefix("haveri.").partition(".")
        description = _DESCRIPTIONS.get((owner, name.partition(".")[0])) if find(source_type) else None
        if description is None:
            return None
        return description(self, self._reasons.data(payload) if self._reasons else payload)

    def started(self, payload: Payload) -> Described:
        """A chain began to run."""
        policy = str(payload.get("policy_name") or "")
        said = self._t(f"esc.trigger.{payload.get('trigger', 'declared')}")
        if policy:
            said = f"{said} · {self._t('esc.by_policy', name=policy, version=payload.get('policy_version') or 1)}"
        return Described(said, str(payload.get("why") or ""))

    def step_fired(self, payload: Payload) -> Described:
        """A step was carried out."""
        calls = [call for call in payload.get("calls") or [] if isinstance(call, dict)]
        now = [self._member(call.get("member_id")) for call in calls if not call.get("held_until")]
        held = [
            self._t("esc.held", name=self._member(call.get("member_id")), until=self._moment(call["held_until"]))
            for call in calls
            if call.get("held_until")
        ]
        again = [self._member(member) for member in payload.get("already_called") or []]
        parts = [self._t("esc.calling", names=", ".join(now))] if now else []
        parts += held
        parts += [self._t("esc.already", names=", ".join(again))] if again else []
        said = "; ".join(parts) or self._t("esc.nobody")
        missing = ". ".join(str(it) for it in payload.get("missing") or [])
        return Described(f"{self._step(payload)}: {said}", missing)

    def step_skipped(self, payload: Payload) -> Described:
        """A step was not needed."""
        return Described(self._t("esc.skipped", step=self._step(payload)), str(payload.get("reason") or ""))

    def unacked(self, payload: Payload) -> Described:
        """Nobody answered a step."""
        minutes = minutes_in_words(payload.get("minutes"))
        return Described(self._t("esc.unacked", minutes=minutes, step=self._step(payload)))

    def call_released(self, payload: Payload) -> Described:
        """Quiet hours are over."""
        return Described(self._t("esc.released", name=self._who(payload)))

    def member_unreachable(self, payload: Payload) -> Described:
        """Every way failed."""
        return Described(self._t("esc.unreachable", name=self._who(payload)), str(payload.get("reason") or ""))

    def exhausted(self, payload: Payload) -> Described:
        """All steps are over."""
        return Described(self._t("esc.exhausted.resort" if payload.get("last_resort") else "esc.exhausted"))

    def silenced(self, payload: Payload) -> Described:
        """A maintenance window holds it."""
        until = self._moment(payload.get("until"))
        return Described(self._t("esc.silenced", until=until), str(payload.get("reason") or ""))

    def resumed(self, payload: Payload) -> Described:
        """The maintenance window is over."""
        return Described(self._with_next("esc.resumed", payload))

    def steps_replanned(self, payload: Payload) -> Described:
        """Steps come at other times."""
        return Described(self._with_next("esc.replanned", payload), str(payload.get("reason") or ""))

    def ended(self, payload: Payload) -> Described:
        """Nobody else is called."""
        by = self._member(payload.get("by_member_id"))
        reason = str(payload.get("reason") or "done")
        key = f"esc.ended.{reason}.by" if by and reason == "acknowledged" else f"esc.ended.{reason}"
        return Described(self._t(key, name=by))

    def calls_withdrawn(self, payload: Payload) -> Described:
        """Pending calls are taken back."""
        return Described(self._t("esc.withdrawn", count=len(payload.get("call_ids") or [])))

    def mitigation_overdue(self, payload: Payload) -> Described:
        """Taken, and not mitigated in time."""
        minutes = minutes_in_words(payload.get("within_minutes"))
        name = self._member(payload.get("taken_by")) or self._t("timeline.first_time")
        return Described(self._t("esc.mitigation_overdue", name=name, minutes=minutes))

    def policy_missing(self, payload: Payload) -> Described:
        """No policy fits."""
        return Described(self._t("esc.policy_missing", severity=payload.get("severity", "")))

    def step_overdue(self, payload: Payload) -> Described:
        """The auditor found a step late."""
        due = self._moment(payload.get("due_at"))
        return Described(self._t("esc.step_overdue", step=self._step(payload), due=due))

    def notified(self, key: str, payload: Payload) -> Described:
        """What became of a notification."""
        via = self._t(f"via.{payload.get('via', 'chat')}")
        return Described(
            self._t(f"esc.notification.{key}", name=self._who(payload), via=via), str(payload.get("reason") or "")
        )

    def not_posted(self, payload: Payload) -> Described:
        """Something did not get into the channel."""
        return Described(str(payload.get("what") or ""), str(payload.get("reason") or ""))

    def answered(self, payload: Payload) -> Described:
        """A called member answered."""
        return Described(self._t(f"esc.answered.{payload.get('purpose', 'take')}", name=self._who(payload)))

    def acknowledgement_expired(self, payload: Payload) -> Described:
        """Taken, then forgotten."""
        minutes = minutes_in_words(payload.get("idle_minutes"))
        return Described(self._t("esc.acknowledgement_expired", name=self._who(payload), minutes=minutes))

    def _who(self, payload: Payload) -> str:
        return self._member(payload.get("member_id"))

    def _step(self, payload: Payload) -> str:
        return step_in_words(self._t, int(payload.get("step") or 0), int(payload.get("round") or 1))

    def _moment(self, value: Any) -> str:
        try:
            return local(datetime.fromisoformat(str(value)), self._zone, self._t.language, "day_clock")
        except ValueError:
            return "?"

    def _with_next(self, key: str, payload: Payload) -> str:
        due = sorted(_dues(payload.get("steps") or []))
        return f"{self._t(key)} {self._t('esc.next', at=self._moment(due[0]))}" if due else self._t(key)


def _dues(steps: Iterable[Any]) -> Iterable[str]:
    return (str(step["due_at"]) for step in steps if isinstance(step, dict) and step.get("due_at"))


def step_in_words(t: Translate, step: int, round_: int) -> str:
    """ "Step 2", "Step 2 of round 3", or the last resort, which is step 0."""
    if step == 0:
        return t("esc.last_resort")
    return t("esc.step", step=step) if round_ == 1 else t("esc.step_of_round", step=step, round=round_)


def minutes_in_words(value: Any) -> str:
    """Minutes without needless decimals."""
    try:
        return f"{float(value):.1f}".removesuffix(".0")
    except (TypeError, ValueError):
        return "?"


_DESCRIPTIONS: dict[tuple[str, str], Callable[[EscalationWords, Payload], Described]] = {
    **{
        ("escalation", description.__name__): description
        for description in (
            EscalationWords.started,
            EscalationWords.step_fired,
            EscalationWords.step_skipped,
            EscalationWords.unacked,
            EscalationWords.call_released,
            EscalationWords.member_unreachable,
            EscalationWords.exhausted,
            EscalationWords.silenced,
            EscalationWords.resumed,
            EscalationWords.steps_replanned,
            EscalationWords.ended,
            EscalationWords.calls_withdrawn,
            EscalationWords.mitigation_overdue,
            EscalationWords.policy_missing,
            EscalationWords.step_overdue,
        )
    },
    ("escalation", "notification_requested"): lambda words, payload: words.notified("requested", payload),
    ("escalation", "notification_sent"): lambda words, payload: words.notified("sent", payload),
    ("escalation", "notification_delivered"): lambda words, payload: words.notified("delivered", payload),
    ("escalation", "notification_failed"): lambda words, payload: words.notified("failed", payload),
    ("escalation", "notification_answered"): EscalationWords.answered,
    ("chat", "notification_failed"): EscalationWords.not_posted,
    ("incident", "acknowledgement_expired"): EscalationWords.acknowledgement_expired,
}
