"""German: calling people, and what their escalation says."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "stretch.seconds": "{seconds} s",
    # A call's card
    "button.take": "Ich übernehme das",
    "button.join": "Ich komme",
    "call.take": "Sie werden gerufen: Noch hat niemand übernommen.",
    "call.join": "Sie werden gerufen: Es werden mehr Leute gebraucht.",
    "call.why": "Warum Sie",
    "call.on_shift": "Sie sind in Schicht: {because}",
    "call.in_team": "Sie gehören zu {because}",
    "call.role": "Ihre Rolle ist {role}: {shift}",
    "call.by_name": "Sie wurden benannt",
    "call.administrator": "Sie sind Administrator, und sonst war niemand zu finden",
    "call.taken": "Übernommen von {name} um {time}.",
    "call.coming": "{name} kommt, gesagt um {time}.",
    "call.resolved": "Behoben um {time}.",
    "call.not_needed": "Nicht mehr nötig.",
    # Somebody was first
    "taken.by": "{name} hat {number} um {time} übernommen. Nichts wurde geändert.",
    "taken.by_you": "Sie haben {number} schon, seit {time}.",
    "taken.somebody": "jemand",
    "refusal.card-overtaken": (
        "Seit diese Karte gezeichnet wurde, ging es weiter: Die Störung steht jetzt auf {status}. "
        "Nichts wurde geändert. Bitte die neueste Karte benutzen."
    ),
    "refusal.call-unknown": "Diesen Ruf gibt es nicht.",
    "refusal.call-not-yours": "Dieser Ruf gilt jemand anderem.",
    "refusal.call-withdrawn": "Dieser Ruf ist nicht mehr nötig.",
    "refusal.call-already-answered": "Sie haben auf diesen Ruf schon geantwortet.",
    "refusal.call-asks-to-take": "Dieser Ruf bittet darum, die Störung zu übernehmen: /ack",
    # Notices in the incident's channel
    "notice.calling": "{why}: Gerufen wird {people}.",
    "notice.joining": "{why}: Dazugebeten wird {people}.",
    "notice.nobody_called": "{why}: Dieser Schritt ruft jetzt niemanden.",
    "notice.step.unanswered": "Seit {minutes} hat niemand {number} übernommen",
    "notice.step.by_hand": "Für {number} werden mehr Leute gebraucht",
    "notice.step.severity": "{number} ist jetzt {severity}",
    "notice.step.reopened": "{number} ist wieder offen",
    "notice.step.expired": "{number} war übernommen, doch seither geschah nichts, also gehört es wieder niemandem",
    "notice.step.overdue": "{number} ist nicht rechtzeitig eingedämmt",
    "notice.step.last_resort": "{number} geht an die letzte Instanz",
    "notice.held": "Wegen der Ruhezeit nicht gerufen vor {time}: {names}.",
    "notice.called_before": "Schon gerufen: {names}.",
    "notice.released": "Die Ruhezeit ist vorbei, {number}: Gerufen wird {people}.",
    "notice.coming": "{name} kommt.",
    "notice.unreachable": "Nicht zu erreichen: {name}",
    "notice.exhausted": (
        "Alle Schritte für {number} sind vorbei, und niemand hat übernommen. Die letzte Instanz wird gerufen."
    ),
    "notice.exhausted_for_good": (
        "Alle Schritte für {number} sind vorbei, und niemand hat übernommen. Die Regel nennt sonst niemanden. "
        "Übernehmen: Knopf auf der Karte oder /ack; mehr Leute rufen: /escalate @wer"
    ),
    "notice.silenced": "Für {number} wird niemand gerufen, Ruhe bis {time}",
    "notice.resumed": "Das Wartungsfenster ist vorbei, für {number} wird weiter gerufen",
    "notice.replanned": "Der nächste Schritt für {number} kommt zu anderer Zeit",
    "notice.next": "Nächster Schritt: {time}.",
    "notice.taken": "{name} hat {number} um {time} übernommen. Niemand sonst wird gerufen.",
    "notice.mitigation_overdue": (
        "{name} hat {number} um {time} übernommen. Binnen {minutes} ist es nicht eingedämmt."
    ),
    "notice.policy_missing": (
        "Keine Eskalationsregel passt auf {number} ({severity}, {facility}). Die letzte Instanz wird gerufen; "
        "ein Administrator kann eine Regel anlegen."
    ),
    # /oncall and /escalate
    "form.policy_to_call": "Eskalationsregel",
    "error.policy_alone": "Entweder eine Regel wählen, oder Person und Team.",
    "oncall.until": "bis {time}",
    "oncall.lead": "Leitung",
    "done.escalated_to": "Mehr Leute werden gerufen: {names}.",
    "unknown.callee": "Ich kenne keine Regel, kein Team und keine Person namens {said}.",
}
