"""Accounts, sessions and permissions of those who use the console."""
