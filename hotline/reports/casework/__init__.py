"""What people add to a report: notes, corrections, replies, disclosures; and who looks at it."""
