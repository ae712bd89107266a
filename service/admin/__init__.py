"""What an administrator looks at: the audit log and its verification."""
