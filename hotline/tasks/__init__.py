"""The durable task table: claim, lease, fence, sweep; and the RQ doorbell."""
