"""Run every process of the hotline on one machine: start, watch, restart, stop."""
