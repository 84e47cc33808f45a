"""The tests mirror the code; `conftest.py` holds what several of them share."""
