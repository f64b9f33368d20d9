"""What people do in the workspace by hand: say, edit, delete, react, come and go. Always as Slack's own apps would."""

import uuid
from collections.abc import Sequence

from adapters.sandbox.workspace import emoji, mrkdwn
from adapters.sandbox.workspace.files_api import new_file
from adapters.sandbox.workspace.hub import Hub
from adapters.sandbox.workspace.nouns import Channel, Json, Message, User

ELSEWHERE = "T0ELSEWHERE"  # the other company
Attached = tuple[str, str, bytes]  # name, mimetype, content


class People:
    """Act as a person; ids may be given as ids or as names. What a person could not do raises ValueError."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def say(
        self,
        user: str,
        channel: str,
        text: str,
        thread_ts: str | None = None,
        files: Sequence[Attached] = (),
        broadcast: bool = False,
    ) -> str:
        """Say something, typed as one types; return its ts."""
        who, where = self.user(user), self.channel(channel)
        if where.is_archived:
            raise ValueError(f"#{where.name} is archived")
        if thread_ts and ((root := self.message(where.id, thread_ts)).thread_ts or root.ts != thread_ts):
            raise ValueError(f"{thread_ts} is no root")
        state = self._hub.state
        stored = self._typed(text)
        message = Message(
            channel=where.id,
            ts=state.next_ts(),
            text=stored,
            user=who.id,
            thread_ts=thread_ts,
            subtype="thread_broadcast" if broadcast and thread_ts else "file_share" if files else None,
            blocks=mrkdwn.rich_text(stored),
            files=[self._upload(who, attached) for attached in files],
            client_msg_id=str(uuid.uuid4()),
            activation=mrkdwn.activated(stored, autolink=False, formatted=True),
        )
        for id_ in message.files:
            state.files[id_].shares.append((where.id, message.ts, thread_ts))
        return self._hub.changes.post(message).ts

    async def bring(self, user: str, files: Sequence[Attached]) -> list[str]:
        """Bring files in without sharing them anywhere; return their ids."""
        return [self._upload(self.user(user), attached) for attached in files]

    async def say_as_app(
        self, name: str, channel: str, text: str, thread_ts: str | None = None, *, in_name_of: str | None = None
    ) -> str:
        """Let another app (a workflow, an integration) say something; `in_name_of` a person, as user tokens allow."""
        where = self.channel(channel)
        user = self.user(in_name_of).id if in_name_of else None
        message = Message(
            channel=where.id,
            ts=self._hub.state.next_ts(),
            text=mrkdwn.stored(text, autolink=True),
            user=user,
            bot_id="B0OTHERAPP",
            username=None if user else name,
            subtype=None if user else "bot_message",
            thread_ts=thread_ts,
        )
        return self._hub.changes.post(message).ts

    async def edit(self, user: str, channel: str, ts: str, text: str) -> None:
        message, who = self._own(user, channel, ts), self.user(user)
        stored = self._typed(text)
        changes: Json = {"text": stored, "blocks": mrkdwn.rich_text(stored)}
        changes["activation"] = mrkdwn.activated(stored, autolink=False, formatted=True)
        self._hub.changes.amend(message, changes, mark_as_edited=who.id)

    async def unfurl(self, channel: str, ts: str, title: str, link: str) -> None:
        """Let Slack add a preview, which arrives as a change although nobody edited."""
        message = self.message(self.channel(channel).id, ts)
        preview: Json = {"id": 1, "from_url": link, "title": title, "title_link": link, "fallback": title}
        self._hub.changes.amend(message, {"attachments": [preview]}, mark_as_edited=None)

    async def delete(self, user: str, channel: str, ts: str) -> None:
        """Delete: one's own, or (as an administrator) anything."""
        message = self.message(self.channel(channel).id, ts)
        if message.user != self.user(user).id and not self.user(user).is_admin:
            raise ValueError("only one's own messages can be deleted")
        self._hub.changes.remove(message)

    async def react(self, user: str, channel: str, ts: str, name: str) -> None:
        message, known, who = self._reaction(user, channel, ts, name)
        if who not in message.reactions.get(known, ()):
            self._hub.changes.react(message, known, who)

    async def unreact(self, user: str, channel: str, ts: str, name: str) -> None:
        message, known, who = self._reaction(user, channel, ts, name)
        if who in message.reactions.get(known, ()):
            self._hub.changes.unreact(message, known, who)

    async def archive(self, user: str, channel: str) -> None:
        where = self.channel(channel)
        where.is_archived = True
        kind = "group_archive" if where.is_private else "channel_archive"
        self._hub.changes.tell({"type": kind, "channel": where.id, "user": self.user(user).id}, where)

    async def share_channel(self, channel: str, team: str = ELSEWHERE) -> None:
        """Open a channel to another company (Slack Connect): its people come in, and are strangers no more."""
        where = self.channel(channel)
        where.is_ext_shared, where.connected_teams = True, [*where.connected_teams, team]
        for user in self._of_team(team):
            where.members.add(user.id)
            user.is_stranger = False
        self._hub.changes.tell({"type": "channel_shared", "connected_team_id": team, "channel": where.id}, where)

    async def unshare_channel(self, channel: str, team: str = ELSEWHERE) -> None:
        """Close a channel to another company again."""
        where = self.channel(channel)
        where.connected_teams = [one for one in where.connected_teams if one != team]
        where.is_ext_shared = bool(where.connected_teams)
        for user in self._of_team(team):
            where.members.discard(user.id)
            user.is_stranger = not any(user.id in one.members for one in self._hub.state.channels.values())
        event = {"type": "channel_unshared", "previously_connected_team_id": team, "channel": where.id}
        self._hub.changes.tell(event | {"is_ext_shared": where.is_ext_shared}, where)

    async def remove_bot(self, channel: str) -> None:
        """Take our bot out of a channel; it is told, and hears nothing more from there."""
        where = self.channel(channel)
        bot, team = self._hub.state.bot_user_id, self._hub.state.team_id
        where.members.discard(bot)
        event = {"type": "member_left_channel", "user": bot, "channel": where.id, "channel_type": "C", "team": team}
        self._hub.changes.tell(event, where, anyway=True)

    async def invite_bot(self, channel: str) -> None:
        self.channel(channel).members.add(self._hub.state.bot_user_id)

    async def uninstall(self) -> None:
        """Take the app out of the workspace: two events, then every token is void."""
        self._hub.changes.tell({"type": "tokens_revoked", "tokens": {"bot": [self._hub.state.bot_user_id]}})
        self._hub.changes.tell({"type": "app_uninstalled"})
        self._hub.switches.token_error = "account_inactive"  # noqa: S105 - an error word, no secret

    def user(self, reference: str) -> User:
        """Find a person by id or by name."""
        state = self._hub.state
        found = state.users.get(reference) or next((one for one in state.users.values() if one.name == reference), None)
        if found is None:
            raise ValueError(f"nobody is called {reference}")
        return found

    def channel(self, reference: str) -> Channel:
        state = self._hub.state
        found = state.channels.get(reference) or state.channel_named(reference.removeprefix("#"))
        if found is None:
            raise ValueError(f"no channel is called {reference}")
        return found

    def message(self, channel: str, ts: str) -> Message:
        found = self._hub.state.message(channel, ts)
        if found is None:
            raise ValueError(f"no message at {ts}")
        return found

    def _of_team(self, team: str) -> list[User]:
        return [user for user in self._hub.state.users.values() if user.team_id == team]

    def _typed(self, text: str) -> str:
        state = self._hub.state
        names = {name: user.id for user in state.users.values() for name in (user.name, user.real_name)}
        return mrkdwn.typed(text, names, {channel.name: channel.id for channel in state.channels.values()})

    def _upload(self, who: User, attached: Attached) -> str:
        name, mimetype, content = attached
        file = new_file(self._hub, name, mimetype, who.id)
        file.content, file.length, file.completed = content, len(content), True
        return file.id

    def _own(self, user: str, channel: str, ts: str) -> Message:
        message = self.message(self.channel(channel).id, ts)
        if message.user != self.user(user).id or message.bot_id:
            raise ValueError("only one's own messages can be edited")
        return message

    def _reaction(self, user: str, channel: str, ts: str, name: str) -> tuple[Message, str, str]:
        known = emoji.canonical(name.strip(":"), self._hub.switches.custom_emoji)
        if known is None:
            raise ValueError(f"no emoji is called {name}")
        return self.message(self.channel(channel).id, ts), known, self.user(user).id
