"""A work that was handed to a store, or is parked there, on its way between the loop and the store's threads."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime
from types import TracebackType
from typing import Any, Generic, TypeVar

from bridge.ports import Ledger

T = TypeVar("T")


class Job:
    """A work that was handed in, and what became of it. As a context it keeps whatever is raised for the caller."""

    __slots__ = ("error", "future", "result", "work")

    def __init__(self, work: Callable[[Ledger, datetime], object], future: asyncio.Future[Any]) -> None:
        self.work = work
        self.future = future
        self.result: object = None
        self.error: BaseException | None = None

    def __enter__(self) -> None:
        self.error = None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        # A future does not take a StopIteration.
        self.error = RuntimeError("a work raised StopIteration") if isinstance(error, StopIteration) else error
        return True

    def fail(self, error: BaseException) -> None:
        self.error = error
        self.resolve()

    def resolve(self) -> None:
        """Tell the caller, unless he has gone."""
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


class Parked(Generic[T]):
    """The parked work of a store, for whoever parked it; used from the loop."""

    __slots__ = ("_hurry", "_job", "_parked", "outcome")

    def __init__(self, job: Job, parked: list[Job], hurry: Callable[[], None]) -> None:
        self.outcome: asyncio.Future[T] = job.future
        self._job = job
        self._parked = parked
        self._hurry = hurry

    def hurry(self) -> None:
        if self._job in self._parked:
            self._hurry()

    def withdraw(self) -> None:
        with contextlib.suppress(ValueError):
            self._parked.remove(self._job)
