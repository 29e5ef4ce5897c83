"""The words of notifications in the languages that Haveri speaks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Words:
    """One language. `moment` is a strftime format."""

    nobody_has_it: str
    join: str
    join_somebody: str
    what: str
    severity: str
    where: str
    since: str
    why_you: str
    take: str
    come: str
    about_link: str
    without_link: str
    this_is_haveri: str
    moment: str
    reasons: dict[str, str]


WORDS = {
    "en": Words(
        nobody_has_it="Nobody has taken {number} yet.",
        join="More people are needed for {number}.",
        join_somebody="{name} has {number} and needs more people.",
        what="What",
        severity="Severity",
        where="Where",
        since="Since",
        why_you="Why you",
        take="I've got it",
        come="I'm coming",
        about_link="The link opens a page that asks once more. It is for you alone and works for 24 hours.",
        without_link="Answer in the incident's channel in chat.",
        this_is_haveri="This is Haveri.",
        moment="%Y-%m-%d %H:%M",
        reasons={
            "by_name": "by name",
            "administrator": "administrator",
            "in_team": "{team}",
            "in_team_on_shift": "{team}, {shift}",
            "on_shift": "on shift, {shift}",
            "has_role": "{role} of {shift}",
        },
    ),
    "fi": Words(
        nobody_has_it="Kukaan ei ole vielä ottanut häiriötä {number} hoitaakseen.",
        join="Häiriö {number} tarvitsee lisää tekijöitä.",
        join_somebody="{name} hoitaa häiriötä {number} ja tarvitsee lisää tekijöitä.",
        what="Mitä",
        severity="Vakavuus",
        where="Missä",
        since="Alkoi",
        why_you="Miksi sinä",
        take="Minä hoidan",
        come="Tulen",
        about_link="Linkki avaa sivun, joka kysyy vielä kerran. Se on vain sinulle ja toimii 24 tuntia.",
        without_link="Vastaa häiriön kanavalla.",
        this_is_haveri="Tässä Haveri.",
        moment="%d.%m.%Y %H:%M",
        reasons={
            "by_name": "nimeltä",
            "administrator": "ylläpitäjä",
            "in_team": "{team}",
            "in_team_on_shift": "{team}, {shift}",
            "on_shift": "vuorossa, {shift}",
            "has_role": "{role}, {shift}",
            "has_role.lead": "vuoron {shift} vetäjä",
        },
    ),
    "de": Words(
        nobody_has_it="{number} hat noch niemand übernommen.",
        join="Für {number} werden mehr Leute gebraucht.",
        join_somebody="{name} kümmert sich um {number} und braucht Verstärkung.",
        what="Was",
        severity="Schweregrad",
        where="Wo",
        since="Seit",
        why_you="Warum Sie",
        take="Ich übernehme",
        come="Ich komme",
        about_link="Der Link öffnet eine Seite, die noch einmal fragt. Er ist nur für Sie und gilt 24 Stunden.",
        without_link="Antworten Sie im Kanal der Störung.",
        this_is_haveri="Hier ist Haveri.",
        moment="%d.%m.%Y %H:%M",
        reasons={
            "by_name": "namentlich",
            "administrator": "Administration",
            "in_team": "{team}",
            "in_team_on_shift": "{team}, {shift}",
            "on_shift": "in der Schicht {shift}",
            "has_role": "{role}, {shift}",
            "has_role.lead": "Leitung der Schicht {shift}",
        },
    ),
}
