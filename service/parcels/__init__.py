"""Parcels (地块/宗地): identity, survey, areas, stage and its history."""
