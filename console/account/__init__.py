"""What is a person's own here: how their pages look and speak."""
