"""Every sentence that a person will read, by the place where it is read. Plain functions, no decisions."""
