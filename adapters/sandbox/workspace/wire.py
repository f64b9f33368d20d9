"""How users, channels, messages, files and views look on Slack's wire (docs.slack.dev, objects, January 2026)."""

from urllib.parse import quote

from adapters.sandbox.workspace.nouns import Channel, Json, Message, SharedFile, User, UserGroup, View
from adapters.sandbox.workspace.state import State, merged


class Wire:
    """Write objects of the state as JSON; `origin` is where files are fetched, `web_url` where links lead."""

    def __init__(self, state: State, *, web_url: str) -> None:
        self.state = state
        self.origin = ""
        self.web_url = web_url

    def message(self, message: Message, *, whole_metadata: bool = True, in_event: bool = False) -> Json:
        """Write one message; events leave out what only history counts (replies, reactions)."""
        head: Json = {"type": "message", "subtype": message.subtype, "ts": message.ts}
        body = merged(
            head | self._author(message),
            self._thread(message, with_counts=not in_event),
            {"team": self._team(message), "blocks": message.blocks, "attachments": message.attachments},
            {"edited": message.edited, "client_msg_id": message.client_msg_id},
            {"files": [self.file(self.state.files[id_]) for id_ in message.files]},
        )
        if message.reactions and not in_event:
            body["reactions"] = [
                {"name": name, "users": list(users), "count": len(users)} for name, users in message.reactions.items()
            ]
        if message.metadata:
            body["metadata"] = (
                message.metadata if whole_metadata else {"event_type": message.metadata.get("event_type", "")}
            )
        return body | {"text": message.text}

    def _team(self, message: Message) -> str:
        author = self.state.users.get(message.user or "")
        return author.team_id if author else self.state.team_id

    def _author(self, message: Message) -> Json:
        author: Json = {"user": message.user, "bot_id": message.bot_id}
        if not message.bot_id:
            return author
        if message.bot_id != self.state.bot_id:
            return author | {"app_id": f"A{message.bot_id[1:]}", "username": message.username}
        author["app_id"] = self.state.app_id
        if message.username:
            return author | {"username": message.username, "icons": message.icons}
        return author | {"bot_profile": self.bot()}

    def _thread(self, message: Message, *, with_counts: bool) -> Json:
        if message.thread_ts:
            root = self.state.message(message.channel, message.thread_ts)
            return {"thread_ts": message.thread_ts, "parent_user_id": root.user if root else None}
        replies = self.state.replies(message.channel, message.ts)
        if not replies:
            return {}
        if not with_counts:
            return {"thread_ts": message.ts}
        said = (self.state.messages[message.channel][ts] for ts in replies)
        users = list(dict.fromkeys(reply.user or reply.bot_id or "" for reply in said))
        counts = {"reply_count": len(replies), "reply_users": users[:5], "reply_users_count": len(users)}
        return {"thread_ts": message.ts, "latest_reply": replies[-1]} | counts

    def bot(self) -> Json:
        state = self.state
        name = state.users[state.bot_user_id].name
        return {"id": state.bot_id, "app_id": state.app_id, "name": name, "deleted": False, "team_id": state.team_id}

    def user(self, user: User, *, with_email: bool) -> Json:
        profile: Json = {"real_name": user.real_name, "display_name": user.name, "team": user.team_id}
        if with_email and user.email:
            profile["email"] = user.email
        body: Json = {"id": user.id, "team_id": user.team_id, "name": user.name, "deleted": user.deleted}
        if user.deleted:
            return body | {"profile": profile, "is_bot": user.is_bot}
        return body | {
            "real_name": user.real_name,
            "tz": user.tz,
            "profile": profile,
            "is_bot": user.is_bot,
            "is_admin": user.is_admin,
            "is_owner": False,
            "is_restricted": user.is_restricted or user.is_ultra_restricted,
            "is_ultra_restricted": user.is_ultra_restricted,
            **({"is_stranger": True} if user.is_stranger else {}),
        }

    def channel(self, channel: Channel) -> Json:
        if channel.direct_with:
            return {"id": channel.id, "is_im": True, "user": channel.direct_with, "is_archived": False}
        return {
            "id": channel.id,
            "name": channel.name,
            "is_channel": not channel.is_private,
            "is_group": channel.is_private,
            "is_im": False,
            "is_mpim": False,
            "is_private": channel.is_private,
            "is_archived": channel.is_archived,
            "is_member": self.state.bot_user_id in channel.members,
            "is_ext_shared": channel.is_ext_shared,
            "is_org_shared": False,
            "is_shared": channel.is_ext_shared,
            "is_pending_ext_shared": False,
            "pending_shared": [],
            "shared_team_ids": [self.state.team_id, *channel.connected_teams],
            "internal_team_ids": [],
            "connected_team_ids": list(channel.connected_teams),
            "context_team_id": self.state.team_id,
            "num_members": len(channel.members),
        }

    def user_group(self, group: UserGroup, *, with_users: bool, with_count: bool) -> Json:
        body: Json = {
            "id": group.id,
            "team_id": self.state.team_id,
            "is_usergroup": True,
            "is_subteam": True,
            "name": group.name,
            "handle": group.handle,
            "description": "",
            "is_external": False,
            "date_delete": self.state.seconds() if group.disabled else 0,
            "prefs": {"channels": [], "groups": []},
        }
        body |= {"users": list(group.users)} if with_users else {}
        return body | ({"user_count": len(group.users)} if with_count else {})

    def file(self, file: SharedFile) -> Json:
        """Write a file whole: what history, replies and files.info show."""
        if file.deleted:
            return {"id": file.id, "mode": "tombstone"}
        where = f"{self.origin}/files-pri/{self.state.team_id}-{file.id}"
        address = file.external_url or f"{where}/{quote(file.name)}"
        download = {} if file.external_url else {"url_private_download": f"{where}/download/{quote(file.name)}"}
        shares: Json = {}
        for channel, ts, thread_ts in file.shares:
            kind = "private" if self.state.place(channel).is_private else "public"
            share = {"ts": ts, "channel_name": self.state.place(channel).name}
            share |= {"thread_ts": thread_ts} if thread_ts else {}
            shares.setdefault(kind, {}).setdefault(channel, []).append(share)
        return download | {
            "id": file.id,
            "created": file.created,
            "timestamp": file.created,
            "name": file.name,
            "title": file.title,
            "mimetype": file.mimetype,
            "filetype": file.name.rpartition(".")[2].lower(),
            "user": file.owner,
            "mode": "external" if file.external_url else "hosted",
            "is_external": bool(file.external_url),
            "size": len(file.content or b"") or file.length,
            "url_private": address,
            "permalink": f"{self.web_url}files/{file.owner}/{file.id}/{quote(file.name)}",
            "shares": shares,
        }

    @staticmethod
    def unchecked_file(file: SharedFile) -> Json:
        """Write a file as events of a Slack Connect channel do: a placeholder that sends one to files.info."""
        access = {"file_access": "check_file_info", "created": 0, "timestamp": 0, "user": ""}
        return {"id": file.id, "mode": "file_access"} | access

    def view(self, view: View) -> Json:
        """Write a view whole: with what the app left unsaid, and what only Slack knows."""
        modal: Json = {"close": None, "submit": None, "clear_on_close": False, "notify_on_close": False}
        known: Json = {"id": view.id, "team_id": self.state.team_id, "hash": view.hash, "root_view_id": view.root}
        known |= {"previous_view_id": view.previous, "app_id": self.state.app_id, "bot_id": self.state.bot_id}
        known |= {"app_installed_team_id": self.state.team_id}
        body = (modal if view.kind == "modal" else {}) | view.body | known
        body.setdefault("private_metadata", "")
        body.setdefault("callback_id", "")
        body.setdefault("external_id", "")
        body.setdefault("state", {"values": {}})
        return body

    def permalink(self, message: Message) -> str:
        link = f"{self.web_url}archives/{message.channel}/p{message.ts.replace('.', '')}"
        return link + (f"?thread_ts={message.thread_ts}&cid={message.channel}" if message.thread_ts else "")
