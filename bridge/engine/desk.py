"""The desk: whoever must show something now asks here. It reads, and changes nothing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import assert_never

from bridge.domain.dialplan import DialPlan
from bridge.domain.invariant import Invariant
from bridge.domain.query import (
    AskErasure,
    AskFind,
    AskHome,
    AskLength,
    AskLines,
    AskMedia,
    AskPeers,
    AskStatus,
    AskTalk,
    AskTranscript,
    Inquiry,
    MediaView,
    Query,
    StatusView,
    View,
)
from bridge.flows import erase, survey, transcribe
from bridge.ports import Ledger, Store

_Kept = AskStatus | AskMedia | AskLines | AskPeers | Inquiry | AskHome | AskFind  # what only the store can answer


class ReadingDesk:
    """Answer queries from the store, about the listeners from whoever keeps them, about invariants from the auditor."""

    def __init__(
        self,
        store: Store,
        plan: DialPlan,
        listeners: Callable[[], Mapping[str, str]],
        violated: Callable[[], Iterable[Invariant]],
    ) -> None:
        self._store = store
        self._plan = plan
        self._listeners = listeners
        self._violated = violated

    async def ask(self, query: Query) -> View:
        if isinstance(query, AskLength):
            return survey.length(self._plan, query)  # which needs no store, however busy it is
        view = await self._store.transact(partial(_answer, self._plan, query))
        if not isinstance(view, StatusView):
            return view
        return replace(view, listeners=self._listeners(), violated=tuple(sorted(self._violated())))


def _answer(plan: DialPlan, query: _Kept, ledger: Ledger, now: datetime) -> View:
    match query:
        case AskStatus():
            return ledger.audit.status(now)
        case AskMedia():
            return MediaView(media=ledger.media.granted(query.token, now))
        case AskLines():
            return survey.lines(ledger, plan, query)
        case AskPeers():
            return survey.peers(ledger, plan, query)
        case AskTalk() | AskTranscript() | AskErasure():
            return _about(plan, query, ledger)
        case AskHome():
            return survey.home(ledger, plan, query, now)
        case AskFind():
            return survey.found(ledger, plan, query)
        case _:
            assert_never(query)


def _about(plan: DialPlan, query: Inquiry, ledger: Ledger) -> View:
    match query:
        case AskTalk():
            return survey.talk(ledger, plan, query)
        case AskTranscript():
            return transcribe.page(ledger, plan, query)
        case AskErasure():
            return erase.asked(ledger, plan, query)
        case _:
            assert_never(query)
