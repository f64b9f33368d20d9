"""Every promise's proof: one module for what is tested together. Its `prove` takes a place and yields findings."""
