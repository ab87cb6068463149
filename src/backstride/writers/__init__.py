"""Recording -> bytes: one format, one file, each a function ``write(recording) -> bytes``."""
