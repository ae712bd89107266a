"""Contracts and allocation decisions, and what follows them: price, hand-over, start, completion, idle land."""
