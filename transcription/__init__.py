"""Speech to text on this machine: audio in, words with times and confidences out."""
