"""The caller's promise kept: keys, cipher, pseudonyms, redaction, logs, retention."""
