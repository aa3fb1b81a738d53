"""The one truth: engine, session, column types, migrations."""
