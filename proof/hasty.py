"""Starts a daemon that tells the world that it has a text, and writes it down afterwards: a control."""

from bridge.__main__ import main
from tests.faults import controls

if __name__ == "__main__":
    controls.acknowledging_first(setattr)
    main()
