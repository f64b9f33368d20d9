"""What the ledger promises of people: acknowledgements, consents, digests."""

from datetime import datetime

from bridge.domain.acknowledgement import Acknowledgement, Means
from bridge.domain.conversation import Consent, ConsentState
from bridge.domain.digest import Digest
from bridge.domain.ids import ConversationId, DigestId, MessageId, PersonRef, PostRef
from bridge.domain.phone import SenderName
from bridge.ports import Ledger, Store
from tests.contracts.bench import AGENT, ANN, BOB, DID, MINUTE, OTHER_DID, inbound, with_conversation

ANN_ID = ConversationId("ann")
DESK = "desk@example.com"


def _acknowledgement(
    key: str, at: datetime, *, up_to: int = 1, means: Means = Means.REACTION, post: str | None = "C1/1"
) -> Acknowledgement:
    return Acknowledgement(
        key=key,
        conversation=ANN_ID,
        post=PostRef(post) if post else None,
        by=AGENT,
        means=means,
        up_to=up_to,
        at=at,
    )


def _digest(number: int, at: datetime, new: str, still_open: str = "", *, to: str = DESK) -> Digest:
    """Make a digest of messages that are named by one letter each."""
    return Digest(
        id=DigestId(f"digest/{to}/{number}"),
        recipient=to,
        name="Front desk",
        new=tuple(map(MessageId, new)),
        still_open=tuple(map(MessageId, still_open)),
        frozen_at=at,
    )


def _texts(ledger: Ledger, now: datetime, names: str) -> None:
    with_conversation(ledger, now)
    for name in names:
        ledger.messages.save(inbound(name, now))


class People:
    # --- Acknowledgements ---------------------------------------------------------------------------------------------

    async def test_the_latest_acknowledgement_covers_most_and_of_equals_is_the_earliest(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[str | None]:
            seen = [ledger.acknowledgements.latest(ANN_ID)]
            for key, up_to, minutes in (("a", 3, 0), ("b", 9, 3), ("c", 9, 2), ("d", 4, 1)):
                ledger.acknowledgements.put(_acknowledgement(key, now + minutes * MINUTE, up_to=up_to))
                seen.append(ledger.acknowledgements.latest(ANN_ID))
            return [each.key if each else None for each in seen]

        assert await store.transact(work) == [None, "a", "b", "c", "c"]

    async def test_an_acknowledgement_that_is_put_again_is_replaced(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[Acknowledgement | None]:
            ledger.acknowledgements.put(_acknowledgement("a", now, up_to=1))
            again = _acknowledgement("a", now + MINUTE, up_to=5, means=Means.BUTTON, post=None)
            ledger.acknowledgements.put(again)
            asked = (ledger.acknowledgements.get("a"), ledger.acknowledgements.latest(ANN_ID))
            return [again, *asked, ledger.acknowledgements.get("unknown")]

        put, by_key, latest, unknown = await store.transact(work)

        assert by_key == put
        assert latest == put
        assert unknown is None

    async def test_reactions_on_a_post_are_found_even_before_it_is_known_whose_conversation_it_shows(
        self, store: Store
    ) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[Acknowledgement, list[Acknowledgement]]:
            unknown = Acknowledgement(
                key="early",
                conversation=None,
                post=PostRef("C1/1"),
                by=PersonRef("U2"),
                means=Means.REACTION,
                up_to=0,
                at=now,
            )
            ledger.acknowledgements.put(unknown)
            ledger.acknowledgements.put(_acknowledgement("reply", now, means=Means.REPLY))
            ledger.acknowledgements.put(_acknowledgement("elsewhere", now, post="C1/2"))
            return unknown, ledger.acknowledgements.reactions_on(PostRef("C1/1"))

        unknown, found = await store.transact(work)

        assert found == [unknown]

    # --- Consents -----------------------------------------------------------------------------------------------------

    async def test_consent_is_per_number_of_ours_and_person_and_the_last_word_counts(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[Consent | None]:
            withdrawn = Consent(did=DID, address=ANN, state=ConsentState.WITHDRAWN, since=now)
            granted = Consent(did=DID, address=ANN, state=ConsentState.GRANTED, since=now + MINUTE)
            named = Consent(did=DID, address=SenderName("ACME"), state=ConsentState.WITHDRAWN, since=now)
            for consent in (withdrawn, granted, named):
                ledger.consents.put(consent)
            asked = ((DID, ANN), (DID, SenderName("ACME")), (DID, BOB), (OTHER_DID, ANN))
            found = [ledger.consents.get(did, address) for did, address in asked]
            assert found[:2] == [granted, named]
            return found[2:]

        assert await store.transact(work) == [None, None]

    # --- Digests ------------------------------------------------------------------------------------------------------

    async def test_a_frozen_digest_is_found_with_its_messages_in_their_order(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[Digest, bool, Digest | None, Digest | None]:
            _texts(ledger, now, "abcd")
            digest = _digest(1, now, "ca", "db")
            frozen = ledger.digests.freeze(digest)
            return digest, frozen, ledger.digests.get(digest.id), ledger.digests.get(DigestId("unknown"))

        digest, frozen, found, unknown = await store.transact(work)

        assert frozen
        assert found == digest
        assert unknown is None

    async def test_a_message_is_new_once_to_each_person(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[bool]:
            _texts(ledger, now, "abc")
            freeze = ledger.digests.freeze
            return [
                freeze(_digest(1, now, "ab")),
                freeze(_digest(2, now, "cb")),  # b was new before
                freeze(_digest(1, now, "ab", to="boss@example.com")),
                freeze(_digest(3, now, "c", "ab")),  # still open may be told again
                freeze(_digest(4, now, "", "abc")),
            ]

        assert await store.transact(work) == [True, False, True, True, True]

    async def test_a_digest_that_was_not_frozen_leaves_nothing_behind(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[int, bool, set[tuple[str, MessageId]]]:
            _texts(ledger, now, "abc")
            ledger.digests.freeze(_digest(1, now, "ab"))
            ledger.digests.freeze(_digest(2, now, "cb"))
            found = ledger.digests.get(_digest(2, now, "").id)
            return ledger.digests.count(DESK), found is None, ledger.digests.memberships()

        assert await store.transact(work) == (1, True, {(DESK, "a"), (DESK, "b")})

    async def test_digests_are_counted_per_person_whatever_became_of_them(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[int]:
            _texts(ledger, now, "ab")
            ledger.digests.freeze(_digest(1, now, "a"))
            ledger.digests.freeze(_digest(2, now, "b"))
            ledger.digests.freeze(_digest(1, now, "b", to="boss@example.com"))
            ledger.digests.release(_digest(1, now, "").id, frozenset())
            return [ledger.digests.count(to) for to in (DESK, "boss@example.com", "nobody@example.com")]

        assert await store.transact(work) == [2, 1, 0]

    async def test_the_last_digest_is_the_last_one_that_has_gone_out_or_may_yet(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> list[bool]:
            _texts(ledger, now, "abc")
            seen = [ledger.digests.last_at(DESK) is None]
            ledger.digests.freeze(_digest(1, now, "a"))
            ledger.digests.freeze(_digest(2, now + MINUTE, "b", "a"))
            ledger.digests.freeze(_digest(1, now + 5 * MINUTE, "c", to="boss@example.com"))
            seen.append(ledger.digests.last_at(DESK) == now + MINUTE)
            ledger.digests.release(_digest(2, now, "").id, frozenset())  # everything in it was taken: no mail went
            seen.append(ledger.digests.last_at(DESK) == now)
            return seen

        assert await store.transact(work) == [True, True, True]

    async def test_memberships_are_those_of_open_messages_that_are_new_somewhere(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> set[tuple[str, MessageId]]:
            _texts(ledger, now, "abc")
            ledger.digests.freeze(_digest(1, now, "ab"))
            ledger.digests.freeze(_digest(2, now, "c", "b"))
            ledger.digests.freeze(_digest(1, now, "", "c", to="boss@example.com"))
            first = ledger.messages.get(MessageId("a"))
            assert first is not None
            ledger.messages.cover(ANN_ID, first.position)
            return ledger.digests.memberships()

        assert await store.transact(work) == {(DESK, "b"), (DESK, "c")}

    async def test_what_a_mail_did_not_show_may_be_new_in_a_later_one(self, store: Store) -> None:
        def work(ledger: Ledger, now: datetime) -> tuple[Digest | None, list[bool]]:
            _texts(ledger, now, "abc")
            ledger.digests.freeze(_digest(1, now, "ab", "c"))
            ledger.digests.release(_digest(1, now, "").id, frozenset({MessageId("b")}))
            left = ledger.digests.get(_digest(1, now, "").id)
            return left, [ledger.digests.freeze(_digest(2, now, "b")), ledger.digests.freeze(_digest(3, now, "ac"))]

        left, frozen = await store.transact(work)

        assert left is not None
        assert (left.new, left.still_open) == (("b",), ())
        assert frozen == [False, True]
