"""A boundary by hand: drawn or typed on the map, checked as an import is, recorded as a new survey."""
