"""Starts the daemon without the safeguard that asks before it repeats: the control of the kills."""

from bridge.__main__ import main
from tests.faults import controls

if __name__ == "__main__":
    controls.without_asking(setattr)
    main()
