"""The web pages of supervisors, counselors and administrators."""
