"""The promises, proven: each by a method of its own, with a figure, and with a control that must fail.

`make proof` runs all of them and prints one table. A finding without a control that fails proves nothing, and counts as
not kept. What this machine cannot prove (a tool or a right is missing) is said, never left out.
"""
