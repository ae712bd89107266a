"""供地一张图: land supply on one map, for a district land bureau."""

__version__ = "0.1.0"
