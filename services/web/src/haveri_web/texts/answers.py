"""The page behind the link in an e-mail or SMS: English, Finnish, German."""

ANSWERS: dict[str, tuple[str, str, str]] = {
    "answer.you_are": ("{name}, {organization}", "{name}, {organization}", "{name}, {organization}"),
    "answer.since": ("since", "alkaen", "seit"),
    "answer.at": ("at", "klo", "um"),
    "answer.somebody": ("Somebody else", "Joku muu", "Jemand anderes"),
    "answer.button.take": ("I've got it", "Minä hoidan", "Ich übernehme"),
    "answer.button.join": ("I'm coming", "Tulen", "Ich komme"),
    "answer.help.take": (
        "Nobody else is called once you have pressed. The others see that you have it.",
        "Kun olet painanut, muita ei enää kutsuta. Muut näkevät, että sinä hoidat asian.",
        "Nach dem Drücken wird niemand sonst gerufen. Die anderen sehen, dass Sie es haben.",
    ),
    "answer.help.join": (
        "Those who have it see that you are coming.",
        "Asiaa hoitavat näkevät, että olet tulossa.",
        "Wer es hat, sieht, dass Sie kommen.",
    ),
    "answer.yours": ("You have it.", "Sinä hoidat tämän.", "Sie haben es übernommen."),
    "answer.yours.next": (
        "The pending calls have stopped. Work goes on in chat.",
        "Odottavat kutsut on peruttu. Työ jatkuu keskustelussa.",
        "Die offenen Anrufe sind beendet. Weiter geht es im Chat.",
    ),
    "answer.coming": ("They know that you are coming.", "He tietävät, että tulet.", "Es ist bekannt, dass Sie kommen."),
    "answer.coming.next": (
        "Nothing else to press here.",
        "Muuta ei tarvitse painaa.",
        "Mehr ist hier nicht zu tun.",
    ),
    "answer.taken": ("{name} has it already.", "{name} hoitaa jo asiaa.", "{name} hat es bereits."),
    "answer.taken.next": (
        "You need not do anything. If more hands are wanted, they call you.",
        "Sinun ei tarvitse tehdä mitään. Jos apua tarvitaan, sinua kutsutaan.",
        "Sie müssen nichts tun. Wird Hilfe gebraucht, ruft man Sie.",
    ),
    "answer.resolved": ("It is over.", "Häiriö on ohi.", "Es ist vorbei."),
    "answer.resolved.next": (
        "The incident has been resolved; nobody needs to come.",
        "Häiriö on ratkaistu; kenenkään ei tarvitse tulla.",
        "Die Störung ist gelöst; niemand muss kommen.",
    ),
    "answer.forbidden": (
        "Your role may not take incidents.",
        "Roolillasi ei voi ottaa häiriöitä hoidettavaksi.",
        "Mit Ihrer Rolle können Sie keine Störung übernehmen.",
    ),
    "answer.forbidden.next": (
        "Your role has changed since you were called. Tell the shift lead, or ask an administrator.",
        "Roolisi on muuttunut kutsun jälkeen. Kerro vuoron vetäjälle tai pyydä apua ylläpitäjältä.",
        "Ihre Rolle hat sich seit dem Anruf geändert. Sagen Sie es der Schichtleitung oder der Administration.",
    ),
    "answer.noted": ("Your answer is noted.", "Vastauksesi on kirjattu.", "Ihre Antwort ist vermerkt."),
    "answer.noted.next": (
        "A part of Haveri is away for a moment; it counts as soon as that is back. Load this page again to see.",
        "Osa Haverista on hetken poissa; vastaus tulee voimaan, kun se palaa. Lataa sivu uudelleen nähdäksesi.",
        "Ein Teil von Haveri ist kurz weg; es gilt, sobald er zurück ist. Laden Sie die Seite neu, um es zu sehen.",
    ),
    "answer.unknown": ("This link is not one of ours", "Linkki ei ole meidän", "Dieser Link ist nicht von uns"),
    "answer.unknown.next": (
        "Perhaps only a part of it arrived. Copy the whole link from the message, or answer in chat.",
        "Ehkä siitä saapui vain osa. Kopioi koko linkki viestistä tai vastaa keskustelussa.",
        "Vielleicht kam nur ein Teil an. Kopieren Sie den ganzen Link aus der Nachricht oder antworten Sie im Chat.",
    ),
    "answer.expired": ("This link has expired", "Linkki on vanhentunut", "Dieser Link ist abgelaufen"),
    "answer.expired.next": (
        "Links are good for a day, for members only. See in chat or on the pages how things stand.",
        "Linkit ovat voimassa vuorokauden ja vain jäsenille. Katso tilanne keskustelusta tai sivuilta.",
        "Links gelten einen Tag und nur für Mitglieder. Im Chat oder auf den Seiten sehen Sie den Stand.",
    ),
    "answer.often": ("Too many attempts", "Liian monta yritystä", "Zu viele Versuche"),
    "answer.often.next": (
        "Wait a few minutes, or answer in chat.",
        "Odota muutama minuutti tai vastaa keskustelussa.",
        "Warten Sie ein paar Minuten oder antworten Sie im Chat.",
    ),
    "answer.foreign": (
        "The answer did not come from this page",
        "Vastaus ei tullut tältä sivulta",
        "Die Antwort kam nicht von dieser Seite",
    ),
    "answer.foreign.next": (
        "Nothing was changed. Open the link from the message again and press the button there.",
        "Mitään ei muutettu. Avaa viestin linkki uudelleen ja paina painiketta siinä.",
        "Nichts wurde geändert. Öffnen Sie den Link aus der Nachricht erneut und drücken Sie dort.",
    ),
    "answer.away": ("Not possible right now", "Ei onnistu juuri nyt", "Gerade nicht möglich"),
    "answer.away.next": (
        "A part of Haveri does not answer. Try again in a moment, or press the button in chat, which goes on working.",
        "Osa Haverista ei vastaa. Yritä hetken päästä uudelleen tai paina keskustelun painiketta, joka toimii.",
        "Ein Teil von Haveri antwortet nicht. Versuchen Sie es gleich wieder, oder drücken Sie im Chat.",
    ),
    "answer.open": ("Open {number}", "Avaa {number}", "{number} öffnen"),
}
