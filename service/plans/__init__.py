"""Annual supply plans (国有建设用地供应计划): editions, items, totals, monthly targets, progress."""
