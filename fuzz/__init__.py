"""Everything that parses, as plain functions from octets to nothing that raise only where a promise is broken.

The suite replays the saved corpus through them; `python -m fuzz` lets atheris look for more. The product knows none
of this.
"""
