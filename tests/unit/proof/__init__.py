"""The proofs' own judgement."""
