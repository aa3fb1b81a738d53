"""Accounts: who may sign in, as what, and their codes and sessions."""
