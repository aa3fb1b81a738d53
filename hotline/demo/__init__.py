"""The demonstration: a scripted call through the real processes, followed live and checked."""
