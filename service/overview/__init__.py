"""The supply dashboard (供应总览) and the inbox of deadlines: what the packages below know, put together."""
