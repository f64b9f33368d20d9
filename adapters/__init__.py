"""The doors: each folder speaks exactly one foreign language, and none knows another.

Every world has the same rooms: `settings` (what bridge.toml must say), `wire` (translation both ways, and what each
failure means), `client` (what we ask of the world), `listener` (what it tells us). A further file has its own reason.
"""
