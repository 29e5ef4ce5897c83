"""`/escalate [@who|policy|team]`: get more people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from haveri_chat import answers
from haveri_chat.callees import find_callee
from haveri_chat.cards import Style
from haveri_chat.commands.base import OPEN, Context, IncidentRequest, Reading, Request, Typed, incident_of
from haveri_chat.decisions import AnswerPrivately, Decision, OpenForm, SendCommand
from haveri_chat.forms.sheet import Sheet
from haveri_chat.requests import Misunderstood, Person
from haveri_chat.tidying import SHORT
from haveri_contracts.incident.commands import Escalate


@dataclass(frozen=True)
class CallForHelp(IncidentRequest):
    """Escalate: to people mentioned, to a member, team or policy by `words`, or to whoever is due.

    `ask` opens the form instead; the button on the card does that.
    """

    word = "escalate"
    usage = "/escalate [@who|policy|team]"
    offered = OPEN
    style = Style.DANGER

    people: tuple[Person, ...] = ()
    words: str = ""
    ask: bool = False

    @classmethod
    def read(cls, typed: Typed) -> Request | Misunderstood:
        people, words = typed.people()
        return cls(people, words.lstrip("@ ")[:SHORT].strip(), incident=typed.incident)

    @classmethod
    def pressed(cls, data: Mapping[str, str]) -> Request:
        return cls(ask=True, incident=incident_of(data))

    def decide(self, context: Context) -> Decision:
        incident_id = context.incident.id
        if not context.incident.status.is_open:
            return context.answer("refusal.incident-already-resolved")
        if self.ask:
            return OpenForm(self.form(context))
        members = [context.member(person) for person in self.people]
        if members:
            command = Escalate(incident_id=incident_id, member_ids=members, reason=self.words)
            names = ", ".join(context.plant.members[member].name for member in members)
            return SendCommand(command, context.say("done.escalated_to", names=names))
        if not self.words:
            return SendCommand(Escalate(incident_id=incident_id), context.say("done.escalated"))
        return self._by_name(context)

    def _by_name(self, context: Context) -> Decision:
        """To the policy, team or member of this name; those of the incident's plant come first."""
        found = find_callee(self.words, context.plant, context.incident.facility_id)
        if found.item is None:
            return AnswerPrivately(answers.no_such(context.who.locale, "callee", self.words, found.near))
        command = Escalate.model_validate({"incident_id": context.incident.id, **found.item.named})
        return SendCommand(command, context.say("done.escalated_to", names=found.item.name))

    def fill(self, sheet: Sheet, context: Context) -> Reading:
        """By a policy alone, one by name, a team, or whoever is due."""
        incident = context.incident
        policies = [item for item in context.plant.policies if item.facility_id == incident.facility_id]
        policy = sheet.item("policy_to_call", policies, drawn=bool(policies))
        member, team = sheet.member("member_to_call"), sheet.item("team_to_call", context.plant.teams.values())
        reason = sheet.long("escalate_reason")
        if policy and (member or team):
            sheet.wrong("policy_to_call", "error.policy_alone")
        return lambda: SendCommand(
            Escalate(
                incident_id=incident.id,
                policy_id=policy.id if policy else None,
                member_ids=[member] if member else [],
                team_ids=[team.id] if team else [],
                reason=reason,
            )
        )
