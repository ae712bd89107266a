"""The pre-delisting checklist (摘牌前清单, 八同步): eight parallel tracks, their schedule and what stops a sale."""
