"""Map layers: catalogue, vector tiles, styles."""
