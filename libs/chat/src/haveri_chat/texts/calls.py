"""Calling people, and what their escalation says."""

from __future__ import annotations

from haveri_texts import Text

CALLS: dict[str, Text] = {
    "stretch.seconds": "{seconds} s",
    # A call's card
    "button.take": "I've got it",
    "button.join": "I'm coming",
    "call.take": "You are called: nobody has taken this yet.",
    "call.join": "You are called: more people are needed.",
    "call.why": "Why you",
    "reason.on_shift": "You are on shift in {shift}",
    "reason.in_team_on_shift": "You are on shift in {team}, {shift}",
    "reason.in_team": "You are in {team}",
    "reason.has_role": "You are {role} of {shift}",
    "reason.by_name": "You were named",
    "reason.administrator": "You are an administrator, and nobody else could be found",
    "call.taken": "Taken by {name} at {time}.",
    "call.coming": "{name} is coming, said at {time}.",
    "call.resolved": "Resolved at {time}.",
    "call.not_needed": "Not needed any more.",
    # Somebody was first
    "taken.by": "{name} took {number} at {time}. Nothing was changed.",
    "taken.by_you": "You have {number} already, since {time}.",
    "taken.somebody": "somebody",
    "refusal.card-overtaken": (
        "The incident has moved on since this card was drawn: it is {status} by now. Nothing was changed. "
        "Please use the newest card."
    ),
    "refusal.call-unknown": "There is no such call.",
    "refusal.call-not-yours": "This call is for somebody else.",
    "refusal.call-withdrawn": "This call is not needed any more.",
    "refusal.call-already-answered": "You have answered this call already.",
    "refusal.call-asks-to-take": "This call asks you to take the incident: /ack",
    # Notices in the incident's channel
    "notice.calling": "{why}: calling {people}.",
    "notice.joining": "{why}: asking {people} to join.",
    "notice.nobody_called": "{why}: this step calls nobody now.",
    "notice.step.unanswered": "Nobody has taken {number} for {minutes}",
    "notice.step.by_hand": "More people are needed in {number}",
    "notice.step.severity": "{number} is {severity} now",
    "notice.step.reopened": "{number} is open again",
    "notice.step.expired": "{number} was taken and nothing has happened since, so it is nobody's again",
    "notice.step.overdue": "{number} is not mitigated in time",
    "notice.step.last_resort": "{number} goes to the last resort",
    "notice.held": "Not called before {time}, because of quiet hours: {names}.",
    "notice.called_before": "Called already: {names}.",
    "notice.released": "Quiet hours are over in {number}: calling {people}.",
    "notice.coming": "{name} is coming.",
    "notice.unreachable": "{name} cannot be reached",
    "notice.exhausted": "Every step for {number} is over and nobody has taken it. The last resort is called.",
    "notice.exhausted_for_good": (
        "Every step for {number} is over and nobody has taken it. The policy names nobody else to call. "
        "To take it, press the button on the card or type /ack; to get people: /escalate @who"
    ),
    "notice.silenced": "Nobody is called for {number}, it is silent until {time}",
    "notice.resumed": "The maintenance window is over, the escalation of {number} goes on",
    "notice.replanned": "The next step for {number} comes at another time",
    "notice.next": "Next step: {time}.",
    "notice.taken": "{name} took {number} at {time}. Nobody else is called.",
    "notice.mitigation_overdue": "{name} took {number} at {time}. It is not mitigated within {minutes}.",
    "notice.policy_missing": (
        "No escalation policy fits {number} ({severity}, {facility}). The last resort is called; "
        "an administrator can add one."
    ),
    # Why, as the engine's reasons
    "reason.member_gone": "somebody who has left the organisation",
    "reason.team_gone": "a team that there is no more",
    "reason.team_off_shift": "nobody of {team} is on shift",
    "reason.team_empty": "nobody is in {team}",
    "reason.nobody_on_shift": "nobody is on shift",
    "reason.role_off_shift": "no {role} is on shift",
    "reason.may_not_respond": "{member} may not take incidents",
    "reason.no_administrator": "the organisation has no administrator",
    "reason.nobody_reachable": "nobody whom step {step} called can be reached",
    "reason.no_answer": "no answer from {via}",
    "reason.way_failed": "{via}: {words}",
    "reason.no_address": "no address or number is known",
    "reason.way_not_set_up": "this way is not set up",
    "reason.no_reply": "no answer within {seconds} seconds",
    "reason.not_accepted": "the provider did not take it",
    "reason.provider_refused": "refused: “{detail}”",
    "reason.provider_away": "no answer: “{detail}”",
    "reason.tried_again": "it does not answer and is tried again: “{detail}”",
    "reason.tried_too_long": "it could not be reached for too long",
    "reason.call_unknown": "the call is not known",
    "reason.no_account": "{name} has no account in this chat that Haveri knows of",
    "reason.not_writable": "{name} cannot be written to, the app may not be installed for them: “{detail}”",
    "reason.no_channel": "the incident never had a channel",
    "reason.no_global_channel": "the organisation has no global channel any more",
    "reason.names_taken": "every channel name from {first} to {last} is taken",
    "reason.file_not_https": "the file's address is not https",
    "reason.file_too_large": "larger than {megabytes} MB",
    "reason.image_elsewhere": "the image does not lie at Teams",
    "reason.no_way": "there is no way to reach {member}",
    "reason.not_needed": "not needed any more",
    "reason.taken": "the incident is taken",
    "reason.asked_for_more": "{member} asked for more people",
    "reason.asked_for_more_because": "{member} asked for more people: {words}",
    "reason.named_lead": "{member} made them the lead of {number}",
    # /oncall and /escalate
    "form.policy_to_call": "Policy",
    "error.policy_alone": "Choose a policy, or a person and a team.",
    "oncall.until": "until {time}",
    "oncall.lead": "lead",
    "done.escalated_to": "More people are called: {names}.",
    "unknown.callee": "I know no policy, team or person called {said}.",
}
