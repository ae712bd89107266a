"""Legal rules (法定规则): dated data with source and severity, findings against them, overrides."""
