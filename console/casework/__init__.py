"""What people do with a report, on its page: forms, views and their words."""
