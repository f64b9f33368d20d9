"""What the chat's door itself says."""

from datetime import UTC, datetime

from bridge.wording import chat


def test_every_remedy_is_a_sentence() -> None:
    remedies = (
        chat.invite_bot(), chat.unarchive(), chat.allow_posting(), chat.new_bot_token(), chat.new_app_token(),
        chat.not_a_bot(), chat.add_scope(""), chat.add_scope("chat:write"), chat.ask_slack_admin(),
        chat.enable_uploads(), chat.check_address(), chat.socket_mode_off(),
    )  # fmt: skip

    assert all((one.endswith(".") and one[0].isupper()) or one.startswith("down") for one in remedies)
    assert "the scope chat:write" in chat.add_scope("chat:write")


def test_the_state_says_how_many_sockets_are_open() -> None:
    assert chat.up_with_sockets(2, 2) == "up (2 sockets)"
    assert chat.up_with_sockets(1, 2) == "up (1 of 2 sockets)"
    assert chat.up_by_webhook() == "up (http)"
    assert chat.down("token_revoked") == "down: token_revoked."
    assert chat.down("token_revoked", "Renew it.") == "down: token_revoked. Renew it."
    assert all(not one.startswith("up") for one in (chat.starting(), chat.connecting(), chat.stopped()))


def test_a_moment_for_programs_is_in_utc() -> None:
    assert chat.plain_moment(datetime(2026, 3, 2, 15, 0, tzinfo=UTC)) == "2026-03-02 15:00 UTC"


def test_small_words_stand_where_there_is_nothing_else() -> None:
    small = (chat.may_repeat(), chat.nothing_said(), chat.unnamed_file(), chat.deleted_file())

    assert len(set(small)) == len(small)
