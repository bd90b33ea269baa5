"""Which conversations are open on which socket: checked when opened, and again when access may have changed.

Invariant: a conversation's exact events reach a socket only while its user may see the conversation (or is its assignee,
who hears them anywhere).
"""

import asyncio
from uuid import UUID

from inbox.conversations.service import access_conversation, visible_conversations
from inbox.kernel.actor import Actor
from inbox.kernel.database import Database
from inbox.kernel.errors import NotFound
from realtime.presence import Roster
from realtime.relay import Relay
from realtime.sockets import LiveSocket

# An office that comes back at once must not take every connection of the database, nor wait for one until it is given up and comes
# back again: 200 sockets with 12 conversations each never became live (chaos, 2 cores, 2026-11). 10 are left for commands.
_RECHECKED_AT_ONCE = 5


class Screens:
    def __init__(self, database: Database, relay: Relay, roster: Roster) -> None:
        self._rechecking = asyncio.Semaphore(_RECHECKED_AT_ONCE)
        self._database = database
        self._relay = relay
        self._roster = roster

    async def open(self, socket: LiveSocket, conversation_id: UUID) -> int:
        """From the answered seq on, the socket hears the conversation. Raises NotFound for one it may not see."""
        async with socket.opening:
            async with self._database.acting(socket.actor) as work:
                await access_conversation(work, socket.actor, conversation_id)
            feed = self._relay.feed(socket.account_id)
            if feed is None or socket not in feed.rooms:  # it left while we asked
                raise NotFound(conversation_id=conversation_id)
            if conversation_id not in socket.opened:
                socket.opened.add(conversation_id)
                feed.rooms.refresh(socket)
                self._roster.enter(socket.account_id, conversation_id, socket.actor.user_id)
            return feed.last_seq

    def leave(self, socket: LiveSocket, conversation_id: UUID) -> None:
        if conversation_id not in socket.opened:
            return
        socket.opened.discard(conversation_id)
        if (feed := self._relay.feed(socket.account_id)) is not None:
            feed.rooms.refresh(socket)
        self._roster.leave(socket.account_id, conversation_id, socket.actor.user_id)

    def viewing(self, socket: LiveSocket, conversation_id: UUID) -> list[UUID]:
        """Who has it open, over all processes."""
        return sorted(self._roster.users(socket.account_id, conversation_id))

    async def recheck(self, socket: LiveSocket) -> None:
        """Closes what its user may no longer see. In turn; one that has gone meanwhile (nothing is open on it) costs nothing."""
        async with self._rechecking, socket.opening:
            opened = set(socket.opened)
            for conversation_id in opened - await self._visible(socket.actor, opened):
                self.leave(socket, conversation_id)

    async def _visible(self, actor: Actor, conversation_ids: set[UUID]) -> set[UUID]:
        """Those of the conversations that the actor may see."""
        if not conversation_ids:
            return set()
        async with self._database.acting(actor) as work:
            return await visible_conversations(work, actor, conversation_ids)
