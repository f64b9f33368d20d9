"""The house: what things are (`domain`), what is decided (`flows`), what moves (`engine`).

Imports point one way: `__main__` > `engine` > `flows` > `ports` > `wording` > `domain` > `errors`. The doors to the
outside live in `adapters`, the plan that joins everything in `config`. Nothing is re-exported here.
"""
