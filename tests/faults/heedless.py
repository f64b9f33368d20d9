"""Starts the daemon as if no backup had ever been put back: the control of restores."""

from bridge.__main__ import main
from tests.faults import controls

if __name__ == "__main__":
    controls.without_doubt(setattr)
    main()
