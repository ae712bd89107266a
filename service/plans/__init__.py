"""Annual supply plans (供应计划)."""
