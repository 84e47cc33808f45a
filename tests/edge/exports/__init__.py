"""Exports are complete, agree with the books and say what they checked."""
