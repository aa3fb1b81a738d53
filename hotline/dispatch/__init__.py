"""Ring in order until somebody takes it."""
