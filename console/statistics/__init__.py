"""What the line's reports add up to: the page, the year with its files, and their charts."""
