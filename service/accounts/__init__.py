"""Users, sessions, API keys, roles and what each may do."""
