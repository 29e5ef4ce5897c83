"""Finnish: calling people, and what their escalation says."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "stretch.seconds": "{seconds} s",
    # A call's card
    "button.take": "Minä hoidan tämän",
    "button.join": "Olen tulossa",
    "call.take": "Sinut kutsutaan: kukaan ei ole vielä ottanut tätä hoitaakseen.",
    "call.join": "Sinut kutsutaan: tarvitaan lisää väkeä.",
    "call.why": "Miksi sinä",
    "call.on_shift": "Olet vuorossa: {because}",
    "call.in_team": "Kuulut tiimiin {because}",
    "call.role": "Roolisi on {role}: {shift}",
    "call.by_name": "Sinut nimettiin",
    "call.administrator": "Olet ylläpitäjä, eikä muita löytynyt",
    "call.taken": "{name} otti hoitaakseen {time}.",
    "call.coming": "{name} on tulossa, ilmoitti {time}.",
    "call.resolved": "Ratkaistu {time}.",
    "call.not_needed": "Ei enää tarvita.",
    # Somebody was first
    "taken.by": "{name} otti häiriön {number} hoitaakseen {time}. Mitään ei muutettu.",
    "taken.by_you": "Häiriö {number} on jo sinulla, {time} alkaen.",
    "taken.somebody": "joku",
    "refusal.card-overtaken": (
        "Häiriö on edennyt kortin piirtämisen jälkeen: sen tila on nyt {status}. Mitään ei muutettu. "
        "Käytä uusinta korttia."
    ),
    "refusal.call-unknown": "Sellaista kutsua ei ole.",
    "refusal.call-not-yours": "Tämä kutsu on jollekulle toiselle.",
    "refusal.call-withdrawn": "Tätä kutsua ei enää tarvita.",
    "refusal.call-already-answered": "Olet jo vastannut tähän kutsuun.",
    "refusal.call-asks-to-take": "Tämä kutsu pyytää ottamaan häiriön hoidettavaksi: /ack",
    # Notices in the incident's channel
    "notice.calling": "{why}: kutsutaan {people}.",
    "notice.joining": "{why}: pyydetään mukaan {people}.",
    "notice.nobody_called": "{why}: tämä vaihe ei kutsu nyt ketään.",
    "notice.step.unanswered": "Kukaan ei ole ottanut häiriötä {number} hoitaakseen, odotettu {minutes}",
    "notice.step.by_hand": "Häiriöön {number} tarvitaan lisää väkeä",
    "notice.step.severity": "{number} on nyt {severity}",
    "notice.step.reopened": "{number} on taas auki",
    "notice.step.expired": "{number} otettiin hoidettavaksi, mutta mitään ei ole tapahtunut: se on taas vapaana",
    "notice.step.overdue": "{number} ei ole hallinnassa ajoissa",
    "notice.step.last_resort": "{number} siirtyy viimeiselle varalle",
    "notice.held": "Kutsutaan vasta {time} hiljaisten tuntien vuoksi: {names}.",
    "notice.called_before": "Jo kutsuttu: {names}.",
    "notice.released": "Hiljaiset tunnit ovat ohi häiriössä {number}: kutsutaan {people}.",
    "notice.coming": "{name} on tulossa.",
    "notice.unreachable": "Ei tavoiteta: {name}",
    "notice.exhausted": (
        "Kaikki vaiheet häiriössä {number} on käyty läpi, eikä kukaan ole ottanut sitä. Viimeinen vara kutsutaan."
    ),
    "notice.exhausted_for_good": (
        "Kaikki vaiheet häiriössä {number} on käyty läpi, eikä kukaan ole ottanut sitä. Ohje ei nimeä muita. "
        "Ota se kortin painikkeella tai kirjoita /ack; lisää väkeä: /escalate @kuka"
    ),
    "notice.silenced": "Häiriöön {number} ei kutsuta ketään, se on hiljaa tähän asti: {time}",
    "notice.resumed": "Huoltoikkuna on ohi, häiriön {number} hälytykset jatkuvat",
    "notice.replanned": "Häiriön {number} seuraava vaihe tulee eri aikaan",
    "notice.next": "Seuraava vaihe: {time}.",
    "notice.taken": "{name} otti häiriön {number} hoitaakseen {time}. Muita ei kutsuta.",
    "notice.mitigation_overdue": (
        "{name} otti häiriön {number} hoitaakseen {time}. Se ei ole hallinnassa määräajassa, joka on {minutes}."
    ),
    "notice.policy_missing": (
        "Mikään hälytysohje ei sovi häiriöön {number} ({severity}, {facility}). Viimeinen vara kutsutaan; "
        "ylläpitäjä voi lisätä ohjeen."
    ),
    # /oncall and /escalate
    "form.policy_to_call": "Hälytysohje",
    "error.policy_alone": "Valitse joko ohje tai henkilö ja tiimi.",
    "oncall.until": "{time} asti",
    "oncall.lead": "vuoron vetäjä",
    "done.escalated_to": "Kutsutaan lisää väkeä: {names}.",
    "unknown.callee": "En tunne hälytysohjetta, tiimiä tai henkilöä nimeltä {said}.",
}
