"""The five steps for one connection. Read `pipeline.py` first."""
