"""Coordinates, areas and shapes: pure functions on numpy and shapely, no database."""
