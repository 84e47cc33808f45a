"""What a believable shop sells: the tables that the catalogue is made from."""
