"""The building plan: what the operator wrote, read strictly, and the house that is put together from it.

The only place where adapters are named together. It decides nothing about texts, threads or mails.
"""
