"""What is said in an incident's channel becomes events: messages, edits, deletions, and files to be fetched."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from haveri_chassis.messages import Sender
from haveri_chat.grammar import command_word
from haveri_chat.plant import Plant
from haveri_contracts.chat.events import Author, ChatEvent, MessageDeleted, MessageEdited, MessagePosted
from haveri_contracts.types import member_actor
from haveri_teams_gateway.domain.activities import Activity, Arrival, Deleted, Edited, Said
from haveri_teams_gateway.domain.sameness import DerivedIds
from haveri_teams_gateway.store.capture import Capture, Captured
from haveri_teams_gateway.store.files import NewFile

PLATFORM = "teams"
STRANGER = "system:teams"
"""The actor behind what somebody wrote who is no member."""


def can_be_captured(activity: Activity) -> bool:
    """True for what belongs on a timeline when it happens in an incident's channel; private commands do not."""
    if isinstance(activity, Said):
        return not activity.private and not activity.arrival.conversation.personal
    return isinstance(activity, Edited | Deleted)


class CaptureMessage:
    """Makes the events of one activity. The same activity always makes the same event ids."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    def of(self, organization: str, activity: Activity, activity_id: UUID, plant: Plant) -> Capture:
        """What to capture of an activity, once its incident is known."""

        def capture(incident_id: UUID, group_id: str | None) -> Captured:
            author = author_of(activity.arrival, plant)
            event = _event(activity, incident_id, author)
            ids = DerivedIds(activity_id, "capture")
            envelopes = []
            if event is not None:
                envelope = self._sender.event(
                    event,
                    organization=organization,
                    actor=member_actor(author.member_id) if author.member_id else STRANGER,
                    cause=None,
                    time=activity.arrival.sent_at,
                    id=ids.new(),
                )
                envelopes.append(envelope)
            return Captured(envelopes, _files(activity, incident_id, group_id, author, DerivedIds(activity_id, "file")))

        return capture


def author_of(arrival: Arrival, plant: Plant) -> Author:
    """Who wrote, with the member when they are one."""
    object_id = arrival.sender.object_id
    member = plant.member_of_user.get(object_id) if object_id else None
    return Author(
        member_id=member.id if member else None,
        display_name=arrival.sender.name or (member.name if member else ""),
        platform_user_id=(object_id or arrival.sender.teams_id)[:300],
    )


def _event(activity: Activity, incident_id: UUID, author: Author) -> ChatEvent | None:
    arrival = activity.arrival
    conversation = arrival.conversation
    about = {
        "incident_id": incident_id,
        "platform": PLATFORM,
        "channel_ref": conversation.id,
        "message_ref": arrival.id,
        "author": author,
    }
    match activity:
        case Edited(text=text):
            return MessageEdited(**about, text=text, edited_at=arrival.sent_at)
        case Deleted():
            return MessageDeleted(**about, deleted_at=arrival.sent_at)
        case Said(text=text, files=files) if text or not files:
            return MessagePosted(
                **about,
                thread_ref=conversation.thread_ref if conversation.thread != arrival.id else None,
                text=text,
                command=command_word(text, activity.addressed),
                posted_at=arrival.sent_at,
            )
        case _:
            return None


def _files(
    activity: Activity, incident_id: UUID, group_id: str | None, author: Author, ids: DerivedIds
) -> Sequence[NewFile]:
    if not isinstance(activity, Said):
        return ()
    arrival = activity.arrival
    return [
        NewFile(
            id=ids.new(),
            incident_id=incident_id,
            source=file.source.value,
            url=file.url,
            name=file.name,
            content_type=file.content_type,
            channel=arrival.conversation.id,
            thread=arrival.conversation.thread,
            group_id=group_id or arrival.conversation.group_id,
            message_id=arrival.id,
            author=author.model_dump(mode="json"),
            shared_at=arrival.sent_at,
        )
        for file in activity.files
    ]
