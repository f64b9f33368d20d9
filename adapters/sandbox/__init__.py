"""The outside world in miniature: a carrier, a Slack workspace, a mail server, a clock, and one page that shows them.

They speak the vendors' wire, refuse what the real ones refuse and misbehave on demand. They know none of our doors:
what they understand of a vendor's rules is a second, independent reading that must agree with the doors' own.
"""
