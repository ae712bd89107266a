"""Bringing parcels in from files: read, check, publish all or nothing."""
