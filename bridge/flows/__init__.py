"""Decisions: plain functions of (ledger, plan, fact, now), each run inside one transaction."""
