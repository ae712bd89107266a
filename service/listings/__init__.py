"""Listings (公告、挂牌、摘牌): notices, lots, rounds."""
