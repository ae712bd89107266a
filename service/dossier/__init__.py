"""Dossiers: what the bureau puts on paper about a parcel; the parcel plan (宗地图) first."""
