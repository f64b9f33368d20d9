"""Nouns: what the things of this house are. Frozen, without input or output, without a clock."""
