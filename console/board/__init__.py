"""The board: who waits, who is rung, who talks, who is on call. Watched at night."""
