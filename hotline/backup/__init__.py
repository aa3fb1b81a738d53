"""Backups: one encrypted archive of the database, and how it comes back (docs/backup.md).

The key ring is in none of them, and what opens them is not on the server.
"""
