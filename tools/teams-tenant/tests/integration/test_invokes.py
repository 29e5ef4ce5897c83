"""Promises about buttons and forms: what the bot is asked, and what the person sees of its answer."""

from __future__ import annotations

import asyncio

import pytest
from fastapi.responses import Response
from tenant_support import ANNA, MIKKO, Json, Stage, card, execute, text_block

from haveri_teams_tenant.client import TenantRefused

ADAPTIVE = "application/vnd.microsoft.card.adaptive"
FORM = card(
    {"type": "Input.Text", "id": "what", "label": "What", "isRequired": True},
    {"type": "Input.Number", "id": "units", "label": "Units", "min": 0},
    actions=[{"type": "Action.Submit", "title": "Send", "data": {"form": "resolve"}}],
)
OPENS_FORM = {"type": "Action.Submit", "title": "Resolve", "data": {"msteams": {"type": "task/fetch"}, "inc": 1}}


def form(title: str = "Resolve") -> Json:
    return {"task": {"type": "continue", "value": {"title": title, "card": {"contentType": ADAPTIVE, "content": FORM}}}}


async def test_a_press_carries_verb_data_and_inputs_and_the_answer_replaces_the_card_for_the_presser(
    stage: Stage,
) -> None:
    stage.bot.answers["adaptiveCard/action"] = lambda _: {
        "statusCode": 200,
        "type": ADAPTIVE,
        "value": card(text_block("acknowledged")),
    }
    note = {"type": "Input.Text", "id": "note", "value": "preset"}
    message = await stage.post_card(
        await stage.incidents(), card(note, actions=[execute("Acknowledge", "ack", data={"inc": 1})])
    )
    outcome = await stage.tampere.as_user(ANNA).press(message, "Acknowledge", {"note": "mine"})
    asked = await stage.bot.told(lambda a: a["type"] == "invoke")
    assert asked["value"]["action"] == {
        "type": "Action.Execute",
        "title": "Acknowledge",
        "verb": "ack",
        "data": {"inc": 1, "note": "mine"},
    }
    assert asked["replyToId"] == message
    assert (outcome.kind, outcome.card and outcome.card.texts()) == ("card", ["acknowledged"])
    seen = await stage.tampere.message(message)
    assert list(seen.user_cards) == [stage.anna.aad_object_id]
    assert seen.card is not None and seen.card.inputs() == ["note"]


async def test_a_message_and_an_error_are_shown_to_the_presser(stage: Stage) -> None:
    message = await stage.post_card(await stage.incidents(), card(text_block("x"), actions=[execute("Go", "go")]))
    answers = [
        (
            {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Done."},
            "message",
            "Done.",
        ),
        (
            {
                "statusCode": 400,
                "type": "application/vnd.microsoft.error",
                "value": {"code": "Bad", "message": "Not now."},
            },
            "error",
            "Not now.",
        ),
        ({"statusCode": 200, "type": ADAPTIVE, "value": {"type": "Nonsense"}}, "error", "cannot be shown"),
        ("gibberish", "error", "could not be understood"),
    ]
    for answer, kind, text in answers:
        stage.bot.answers["adaptiveCard/action"] = lambda _, answer=answer: answer
        outcome = await stage.tampere.as_user(ANNA).press(message, "go")
        assert outcome.kind == kind
        assert text in outcome.text


async def test_an_unanswered_invoke_comes_again_under_the_same_and_then_under_a_new_id(stage: Stage) -> None:
    async def too_late(_: Json) -> Response:
        await asyncio.sleep(1.5)
        return Response()

    stage.bot.answers["adaptiveCard/action"] = too_late
    message = await stage.post_card(await stage.incidents(), card(text_block("x"), actions=[execute("Go", "go")]))
    await stage.client.patience(0.2)
    outcome = await stage.tampere.as_user(ANNA).press(message, "go")
    await stage.client.patience(15)
    first, second, third = [a["id"] for a in stage.bot.received if a["type"] == "invoke"]
    assert first == second != third
    assert (outcome.kind, outcome.status) == ("error", 504)


async def test_a_bot_that_is_down_gives_an_error_at_once(stage: Stage) -> None:
    message = await stage.post_card(await stage.incidents(), card(text_block("x"), actions=[execute("Go", "go")]))
    await stage.bot.stop()
    outcome = await stage.tampere.as_user(ANNA).press(message, "go")
    assert (outcome.kind, outcome.status) == ("error", 502)


async def test_a_form_is_opened_checked_sent_and_answered(stage: Stage) -> None:
    stage.bot.answers["task/fetch"] = lambda _: form()
    stage.bot.answers["task/submit"] = lambda _: {"task": {"type": "message", "value": "Thank you."}}
    message = await stage.post_card(await stage.incidents(), card(text_block("x"), actions=[OPENS_FORM]))
    anna = stage.tampere.as_user(ANNA)
    dialog = await anna.open_form(message, "Resolve")
    assert (dialog.title, dialog.card.inputs()) == ("Resolve", ["what", "units"])
    with pytest.raises(TenantRefused) as refused:
        await anna.submit_form(dialog, {"units": "-1"})
    assert set(refused.value.problems) == {"what", "units"}
    with pytest.raises(TenantRefused):
        await stage.tampere.as_user(MIKKO).submit_form(dialog, {"what": "not mine"})
    outcome = await anna.submit_form(dialog, {"what": "It jammed", "units": "12"})
    assert (outcome.kind, outcome.text) == ("message", "Thank you.")
    sent = await stage.bot.told(lambda a: a.get("name") == "task/submit")
    assert sent["value"] == {
        "data": {"form": "resolve", "what": "It jammed", "units": "12"},
        "context": {"theme": "default"},
    }
    with pytest.raises(TenantRefused):
        await anna.submit_form(dialog, {"what": "again"})


async def test_a_form_can_be_followed_by_another(stage: Stage) -> None:
    stage.bot.answers["task/fetch"] = lambda _: form()
    stage.bot.answers["task/submit"] = lambda _: form("Once more")
    message = await stage.post_card(await stage.incidents(), card(text_block("x"), actions=[OPENS_FORM]))
    anna = stage.tampere.as_user(ANNA)
    outcome = await anna.submit_form(await anna.open_form(message, "Resolve"), {"what": "first"})
    assert outcome.dialog is not None and outcome.dialog.title == "Once more"
    await anna.close_form(outcome.dialog)


async def test_an_action_submit_is_a_message_with_a_value(stage: Stage) -> None:
    submit = {"type": "Action.Submit", "title": "Note", "data": {"act": "note"}}
    message = await stage.post_card(
        await stage.incidents(), card({"type": "Input.Text", "id": "note"}, actions=[submit])
    )
    assert (await stage.tampere.as_user(ANNA).press(message, "Note", {"note": "belt torn"})).kind == "sent"
    activity = await stage.bot.told(lambda a: a["type"] == "message")
    assert activity["value"] == {"act": "note", "note": "belt torn"}
    assert "text" not in activity
    assert activity["replyToId"] == message


async def test_a_stale_card_can_be_pressed(stage: Stage) -> None:
    channel, headers = await stage.incidents(), await stage.bot_headers()
    message = await stage.post_card(channel, card(text_block("old"), actions=[execute("Old", "old")]))
    new = {"type": "message", "attachments": [{"contentType": ADAPTIVE, "content": card(text_block("new"))}]}
    await stage.http.put(f"/v3/conversations/{channel}/activities/{message}", json=new, headers=headers)
    anna = stage.tampere.as_user(ANNA)
    with pytest.raises(TenantRefused):
        await anna.press(message, "Old")
    await anna.press(message, "Old", seen=0)
    assert (await stage.bot.told(lambda a: a["type"] == "invoke"))["value"]["action"]["verb"] == "old"


async def test_an_incident_is_declared_from_a_message(stage: Stage) -> None:
    stage.bot.answers["composeExtension/fetchTask"] = lambda _: form("Declare")
    stage.bot.answers["composeExtension/submitAction"] = lambda _: {}
    anna = stage.tampere.as_user(ANNA)
    message = await stage.tampere.as_user(MIKKO).say("Incidents", "oil on the <floor>")
    opened = await anna.message_action(message)
    asked = await stage.bot.told(lambda a: a.get("name") == "composeExtension/fetchTask")
    payload = asked["value"]["messagePayload"]
    assert (payload["id"], payload["from"]["user"]["id"]) == (message.id, stage.mikko.aad_object_id)
    assert payload["body"]["content"] == "<div>oil on the &lt;floor&gt;</div>"
    assert opened.dialog is not None
    assert (await anna.submit_form(opened.dialog, {"what": "leak"})).kind == "closed"
    sent = await stage.bot.told(lambda a: a.get("name") == "composeExtension/submitAction")
    assert sent["value"]["commandId"] == "declareFromMessage"
    assert sent["value"]["data"] == {"form": "resolve", "what": "leak"}


async def test_a_card_refreshes_itself_for_those_it_names(stage: Stage) -> None:
    people = await stage.tampere.seed("Tampere Plant", [])
    anna = next(person.teams_id for person in people if person.name == ANNA)
    refreshing = card(text_block("x"), refresh={"action": execute("r", "refresh"), "userIds": [anna]})
    message = await stage.post_card(await stage.incidents(), refreshing)
    stage.bot.answers["adaptiveCard/action"] = lambda _: {"statusCode": 200, "type": ADAPTIVE, "value": card()}
    assert (await stage.tampere.as_user(ANNA).refresh(message)).kind == "card"
    assert (await stage.bot.told(lambda a: a["type"] == "invoke"))["value"]["trigger"] == "automatic"
    with pytest.raises(TenantRefused):
        await stage.tampere.as_user(MIKKO).refresh(message)
