"""A picture that cannot be made fit, and why; raised in the worker only."""

from adapters.pictures.wire import Trouble


class Unfit(Exception):
    """It cannot be made fit."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble
