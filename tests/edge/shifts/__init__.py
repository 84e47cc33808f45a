"""A shift and its reports follow from the facts of its drawer."""
