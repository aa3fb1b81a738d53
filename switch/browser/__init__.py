"""Phones in a browser: a page where a visitor is the caller, the people who are rung, or both."""
