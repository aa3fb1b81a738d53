"""Incidents: many reports that tell of one thing."""
