"""The stock of a store: it moves by documents alone, and every piece can be explained."""
