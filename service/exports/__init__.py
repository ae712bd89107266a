"""Parcels on their way out: as files for desktop GIS, spreadsheets, CAD and other bureaus."""
