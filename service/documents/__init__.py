"""Files attached to anything, kept by content hash."""
