"""`python -m proof.uncleaned MODULE ARGUMENT…`: run a module with texts that nobody cleans: the parsers' control."""

import runpy
import sys

from bridge.domain import visible


def _as_it_is(text: str) -> str:
    return text


if __name__ == "__main__":
    visible.visible = _as_it_is
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
